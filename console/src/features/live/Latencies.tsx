import { Text } from "@mantine/core";

import classes from "./live.module.css";
import { useTexts } from "./texts";

const WIDTH = 96;
const HEIGHT = 28;
const MOST = 12;

/** A bar for each of the latest turns against the goal, and the newest as a number. */
export function Latencies({ values, goal }: { values: readonly number[]; goal: number }) {
  const t = useTexts();
  const last = values.at(-1);
  if (last === undefined) return <span className={classes.latency} />;
  const shown = values.slice(-MOST);
  const top = Math.max(goal * 1.2, ...shown);
  const step = WIDTH / MOST;
  const goalY = HEIGHT - (goal / top) * HEIGHT;
  return (
    <span className={classes.latency} title={t("latencyHelp")}>
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden
      >
        <line x1={0} x2={WIDTH} y1={goalY} y2={goalY} className={classes.goal} />
        {shown.map((value, place) => {
          const height = Math.max(2, (value / top) * HEIGHT);
          return (
            <rect
              key={place}
              x={(MOST - shown.length + place) * step + 1}
              width={step - 2}
              y={HEIGHT - height}
              height={height}
              className={value > goal ? classes.slow : classes.quick}
            />
          );
        })}
      </svg>
      <Text
        size="xs"
        component="span"
        fw={last > goal ? 700 : 400}
        className={last > goal ? classes.late : undefined}
      >
        {t("turnMs", { ms: last })}
      </Text>
    </span>
  );
}
