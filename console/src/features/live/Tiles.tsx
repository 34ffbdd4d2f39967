import { Group, Paper, SimpleGrid, Text } from "@mantine/core";

import { useFormats } from "../../shared/formats";
import classes from "./live.module.css";
import type { Day } from "./store";
import { useTexts } from "./texts";

type Name = keyof Day["total"];
const TILES = [
  "offered",
  "answered",
  "waiting_now",
  "abandoned_share",
  "service_level",
  "asa_s",
  "aht_s",
  "containment",
  "transfers",
  "csat",
] as const satisfies readonly Name[];
const HIGHER_IS_BETTER: ReadonlySet<Name> = new Set(["service_level", "containment", "csat"]);
const SHARES: ReadonlySet<string> = new Set(["abandoned_share", "service_level", "containment"]);

/** A number as its unit wants it. */
export function useNumber() {
  const formats = useFormats();
  return (name: string, value: number | null | undefined): string => {
    if (value === null || value === undefined) return "–";
    if (SHARES.has(name)) return formats.percent(value);
    if (name.endsWith("_s")) return formats.duration(value);
    return name === "csat" ? formats.percent(value / 100) : formats.number(value);
  };
}

/** The numbers of the day, each against its goal, with its way through the hours. */
export function Tiles({ day }: { day: Day }) {
  const t = useTexts();
  const shown = useNumber();
  return (
    <>
      <Text size="sm" c="dimmed" mb={6}>
        {t("todayHelp")}
      </Text>
      <SimpleGrid
        cols={{ base: 3, md: 5, xl: 10 }}
        spacing="xs"
        component="section"
        aria-label={t("today")}
      >
        {TILES.map((name) => {
          const value = day.total[name];
          const goal = day.goals[name];
          const isOff =
            goal !== undefined &&
            value !== null &&
            (HIGHER_IS_BETTER.has(name) ? value < goal : value > goal);
          return (
            <Paper key={name} withBorder p="xs">
              <Text size="xs" c="dimmed" truncate title={t(name)}>
                {t(name)}
              </Text>
              <Text fw={700} size="lg" className={isOff ? classes.late : undefined}>
                {isOff && <span aria-hidden>▲ </span>}
                {shown(name, value)}
              </Text>
              <Group gap={4} justify="space-between" wrap="nowrap" mih={{ base: 0, md: 20 }}>
                <Text size="xs" c="dimmed" truncate>
                  {goal !== undefined && t("goal", { goal: shown(name, goal) })}
                </Text>
                <Trend values={day.hours.map((hour) => hour[name])} label={t("byHour")} />
              </Group>
            </Paper>
          );
        })}
      </SimpleGrid>
    </>
  );
}

function Trend({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, 0);
  if (known.length < 2 || top === 0) return null;
  const step = 56 / Math.max(1, values.length - 1);
  const points = values
    .map((value, place) => (value === null ? "" : `${place * step},${18 - (value / top) * 16}`))
    .filter(Boolean);
  return (
    <svg width={56} height={20} role="img" aria-label={label}>
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth={1.5} />
    </svg>
  );
}
