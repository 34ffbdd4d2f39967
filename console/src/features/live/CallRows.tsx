import { Badge, Box, Text, UnstyledButton } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

import { durationOf, useFormats } from "../../shared/formats";
import classes from "./live.module.css";
import { Latencies } from "./Latencies";
import type { LiveCall } from "./store";
import { useTexts } from "./texts";

const ROW_PX = 76;
export const COLOURS = {
  ringing: "gray",
  machine: "cyan",
  waiting: "orange",
  person: "grape",
  ended: "gray",
} as const;

/** One row a call; only those in sight are there. */
export function CallRows(props: {
  calls: readonly LiveCall[];
  turnMs: number;
  onOpen: (id: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  // What stands above may grow or go: an alarm, the state of the connection.
  useLayoutEffect(() => {
    const look = () => setTop(box.current?.offsetTop ?? 0);
    const resized = new ResizeObserver(look);
    resized.observe(document.body);
    look();
    return () => resized.disconnect();
  }, []);
  const rows = useWindowVirtualizer({
    count: props.calls.length,
    estimateSize: () => ROW_PX,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (place) => props.calls[place]?.id ?? place,
  });
  return (
    <div ref={box} role="list" style={{ height: rows.getTotalSize(), position: "relative" }}>
      {rows.getVirtualItems().map((item) => {
        const call = props.calls[item.index];
        return (
          call && (
            <div
              key={item.key}
              role="listitem"
              aria-setsize={props.calls.length}
              aria-posinset={item.index + 1}
              className={classes.place}
              style={{
                height: ROW_PX,
                transform: `translateY(${item.start - rows.options.scrollMargin}px)`,
              }}
            >
              <Row call={call} turnMs={props.turnMs} onOpen={props.onOpen} />
            </div>
          )
        );
      })}
    </div>
  );
}

const Row = memo(function Row(props: {
  call: LiveCall;
  turnMs: number;
  onOpen: (id: string) => void;
}) {
  const { call } = props;
  const t = useTexts();
  const { language } = useFormats();
  return (
    <UnstyledButton
      className={classes.row}
      data-over={call.stage === "ended" || undefined}
      onClick={() => props.onOpen(call.id)}
    >
      <Box className={classes.who}>
        <Text size="sm" fw={600} truncate>
          {call.customer || call.caller || call.id}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {[call.customer ? call.caller : call.language && language(call.language), call.node]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      </Box>
      <Box className={classes.where}>
        <Badge size="sm" variant="light" color={COLOURS[call.stage]}>
          {t(call.stage)} <Since at={call.since} isOver={call.stage === "ended"} />
        </Badge>
        <Text size="xs" truncate>
          {call.stage === "waiting" && call.queue
            ? `${call.queue}${call.position ? ` · ${t("position", { position: call.position })}` : ""}`
            : call.stage === "person"
              ? call.agent
              : `${call.flow} › ${call.step}`}
          {call.held && ` · ${t("held")}`}
        </Text>
      </Box>
      <Words call={call} />
      <Latencies values={call.latencies_ms} goal={props.turnMs} />
    </UnstyledButton>
  );
});

/** What is being said, or else what was said last. */
function Words({ call }: { call: LiveCall }) {
  const t = useTexts();
  if (call.partial)
    return (
      <Text size="sm" fs="italic" className={classes.words}>
        {call.partial} …
      </Text>
    );
  const { line } = call;
  return (
    <Text
      size="sm"
      className={classes.words}
      c={line?.side === "caller" ? undefined : "dimmed"}
      component="div"
    >
      {line && (line.text ?? <em>{t("hidden")}</em>)}
      {call.stumbles > 1 && (
        <Badge ml={6} size="xs" color="red" variant="light">
          {t("notUnderstood", { count: call.stumbles })}
        </Badge>
      )}
    </Text>
  );
}

let now = Date.now();
const clocks = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  clocks.forEach((tell) => tell());
}, 1000);
const subscribe = (tell: () => void) => {
  clocks.add(tell);
  return () => clocks.delete(tell);
};

/** How long ago, counting on; one clock for the page. */
export function Since({ at, isOver = false }: { at: string | null; isOver?: boolean }) {
  const time = useSyncExternalStore(subscribe, () => Math.floor(now / 1000));
  return at && !isOver ? <>{durationOf(time - Date.parse(at) / 1000)}</> : null;
}
