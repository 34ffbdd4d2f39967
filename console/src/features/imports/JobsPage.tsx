import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import { keptTold } from "../../shared/troubles";
import { useTexts } from "./texts";

const LOOK_MS = 5000;

type Jobs = Schemas["JobsOut"];
type Retry = (which: Schemas["RetryIn"]) => void;

/** What is done for calls when they are over: what waits, what failed and why. */
export function JobsPage() {
  const t = useTexts();
  const { role } = useSession();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["jobs"],
    queryFn: () => got(api.GET("/api/v1/jobs")),
    refetchInterval: LOOK_MS,
  });
  const retry = useMutation({
    mutationFn: (body: Schemas["RetryIn"]) => got(api.POST("/api/v1/jobs/retry", { body })),
    onSuccess: ({ count }) => notifications.show({ message: t("retried", { count }) }),
    onError: tellTrouble,
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const mayRetry = role === "administrator" || role === "ops";
  return (
    <Page title={t("jobs")}>
      <Text size="sm" c="dimmed" maw={720}>
        {t("jobsWhy")}
      </Text>
      <Loaded query={query}>
        {(jobs) =>
          jobs.kinds.length + jobs.periodic.length === 0 ? (
            <EmptyState title={t("noJobs")}>{t("noJobsWhy")}</EmptyState>
          ) : (
            <Stack>
              <Kinds jobs={jobs} />
              <Troubles jobs={jobs} retry={mayRetry ? retry.mutate : undefined} />
              <Regular jobs={jobs} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

/** What work is called; what we have no words for, by its own name. */
function useNames() {
  const t = useTexts();
  return (name: string): string => (isNamed(name) ? t(name) : name);
}

const NAMED = [
  "facts",
  "figures",
  "waveform",
  "word_times",
  "redaction",
  "imports_folder",
  "ship_recordings",
  "retention",
  "alarms",
] as const;

const isNamed = (name: string): name is (typeof NAMED)[number] =>
  (NAMED as readonly string[]).includes(name);

function Kinds({ jobs }: { jobs: Jobs }) {
  const t = useTexts();
  const named = useNames();
  const { number } = useFormats();
  return (
    <ListTable
      rows={jobs.kinds}
      columns={[
        t("work"),
        ...(["waiting", "working", "done", "aside"] as const).map((name) => ({
          label: t(name),
          align: "right" as const,
        })),
      ]}
      empty={[t("noJobs"), t("noJobsWhy")]}
      minWidth={420}
    >
      {(kind) => (
        <ListRow
          key={kind.kind}
          cells={[
            named(kind.kind),
            number(kind.waiting),
            number(kind.working),
            number(kind.done),
            <Text key="aside" span size="sm" fw={kind.set_aside ? 700 : undefined}>
              {number(kind.set_aside)}
            </Text>,
          ]}
        />
      )}
    </ListTable>
  );
}

function Troubles({ jobs, retry }: { jobs: Jobs; retry: Retry | undefined }) {
  const t = useTexts();
  const named = useNames();
  const { time } = useFormats();
  const isAside = jobs.troubles.some((trouble) => trouble.state === "set_aside");
  return (
    <div>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t("troubles")}
        </Title>
        {retry && isAside && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => retry({ call_id: "", kind: "" })}
          >
            {t("retryAll")}
          </Button>
        )}
      </Group>
      {!retry && isAside && (
        <Text size="sm" c="dimmed">
          {t("retryMayOps")}
        </Text>
      )}
      {jobs.troubles.length === 0 ? (
        <Text size="sm">{t("noTroubles")}</Text>
      ) : (
        <ListTable
          rows={jobs.troubles}
          columns={[t("work"), t("call"), t("why"), t("then")]}
          empty={[t("noTroubles"), ""]}
          minWidth={640}
        >
          {(trouble) => (
            <ListRow
              key={`${trouble.kind} ${trouble.call_id}`}
              cells={[
                named(trouble.kind),
                <Anchor key="call" component={Link} to={`/calls/${trouble.call_id}`}>
                  {trouble.call_id.slice(0, 8)}
                </Anchor>,
                keptTold(trouble.error, trouble.trouble),
                <span key="then">
                  {trouble.state === "waiting"
                    ? t("again", { at: time(trouble.due_at) })
                    : t("givenUp", { count: trouble.tries })}{" "}
                  {retry && trouble.state === "set_aside" && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t("retryOf", { name: named(trouble.kind) })}
                      onClick={() => retry({ call_id: trouble.call_id, kind: trouble.kind })}
                    >
                      {t("retry")}
                    </Button>
                  )}
                </span>,
              ]}
            />
          )}
        </ListTable>
      )}
    </div>
  );
}

function Regular({ jobs }: { jobs: Jobs }) {
  const t = useTexts();
  const named = useNames();
  const { time } = useFormats();
  if (jobs.periodic.length === 0) return null;
  return (
    <div>
      <Title order={2} size="h4">
        {t("regular")}
      </Title>
      <ListTable
        rows={jobs.periodic}
        columns={[t("work"), t("machine"), t("lastTime"), t("state")]}
        empty={[t("noJobs"), t("noJobsWhy")]}
        minWidth={560}
      >
        {(each) => (
          <ListRow
            key={`${each.name} ${each.node}`}
            cells={[
              named(each.name),
              each.node,
              each.ended_at ? time(each.ended_at) : t("never"),
              keptTold(each.error, each.trouble) || (each.ended_at ? t("well") : ""),
            ]}
          />
        )}
      </ListTable>
    </div>
  );
}
