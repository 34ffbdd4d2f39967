import { Alert, Button, Group, Progress, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { keptTold } from "../../shared/troubles";
import classes from "./flows.module.css";
import { useTexts } from "./testTexts";

export type RunOut = Schemas["LongRunOut"];
export type Wanted = RunOut["wanted"];
const LOOK_MS = 500;

const isOver = (run: RunOut) => ["done", "failed", "stopped"].includes(run.state);

/**
 * Long work with a flow: begun here or found under way, looked at until it is over. Whoever leaves
 * the page and comes back finds it as it is then.
 */
function useRun(flow: string, kind: Wanted["do"]) {
  const queries = useQueryClient();
  const [begun, setBegun] = useState(0);
  const params = { path: { flow } };
  const key = ["flows", flow, "runs"];
  const earlier = useQuery({
    queryKey: key,
    queryFn: () => got(api.GET("/api/v1/flows/{flow}/runs", { params })),
  });
  const number = begun || (earlier.data?.find((run) => run.wanted.do === kind)?.number ?? 0);
  const run = useQuery({
    queryKey: ["runs", number],
    queryFn: () => got(api.GET("/api/v1/runs/{number}", { params: { path: { number } } })),
    enabled: number > 0,
    refetchInterval: ({ state }) => (state.data && !isOver(state.data) ? LOOK_MS : false),
    refetchOnWindowFocus: false,
  });
  const begin = useMutation({
    mutationFn: (wanted: Wanted) =>
      got(api.POST("/api/v1/flows/{flow}/runs", { params, body: wanted })),
    onSuccess: (now) => {
      queries.setQueryData(["runs", now.number], now);
      setBegun(now.number);
      void queries.invalidateQueries({ queryKey: key });
    },
  });
  const stop = useMutation({
    mutationFn: () => got(api.POST("/api/v1/runs/{number}/stop", { params: { path: { number } } })),
    onSuccess: (now) => queries.setQueryData(["runs", number], now),
  });
  return { run: number ? run.data : undefined, begin, stop };
}

/** Begins, shows how far it is, stops; then what came of it. */
export function RunDesk({
  flow,
  wanted,
  label,
  options,
  empty,
  children,
}: {
  flow: string;
  wanted: Wanted;
  label: string;
  options?: ReactNode;
  empty: ReactNode;
  children: (run: RunOut) => ReactNode;
}) {
  const t = useTexts();
  const { time } = useFormats();
  const { run, begin, stop } = useRun(flow, wanted.do);
  const isBusy = run !== undefined && !isOver(run);
  return (
    <>
      <Group align="flex-end" className={classes.options}>
        {options}
        {isBusy ? (
          <Button
            color="red"
            variant="light"
            loading={stop.isPending}
            onClick={() => stop.mutate()}
          >
            {t("stop")}
          </Button>
        ) : (
          <Button onClick={() => begin.mutate(wanted)} loading={begin.isPending}>
            {label}
          </Button>
        )}
      </Group>
      {(begin.error ?? stop.error) && (
        <Alert color="red" role="alert">
          {(begin.error ?? stop.error)?.message}
        </Alert>
      )}
      {run && isBusy && <HowFar run={run} />}
      {run?.state === "stopped" && <Alert color="yellow">{t("wasStopped")}</Alert>}
      {run?.state === "failed" && (
        <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap" }}>
          {keptTold(run.error, run.trouble)}
        </Alert>
      )}
      {run?.state === "done" && (
        <>
          <Text size="xs" c="dimmed">
            {t("ranBy", { by: run.by, when: time(run.begun_at) })}
          </Text>
          {children(run)}
        </>
      )}
      {!run && empty}
    </>
  );
}

function HowFar({ run }: { run: RunOut }) {
  const t = useTexts();
  const { number } = useFormats();
  const share = run.total ? (100 * run.done) / run.total : 100;
  const told =
    run.state === "waiting"
      ? t("runWaits")
      : run.total
        ? t("runDone", { done: number(run.done), total: number(run.total) })
        : t("runBegins");
  return (
    <div role="status">
      <Text size="sm">{told}</Text>
      <Progress value={share} animated={!run.total} aria-label={told} />
    </div>
  );
}
