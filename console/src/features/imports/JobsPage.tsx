import { Anchor, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
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
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("work")}</Table.Th>
            <Table.Th ta="right">{t("waiting")}</Table.Th>
            <Table.Th ta="right">{t("working")}</Table.Th>
            <Table.Th ta="right">{t("done")}</Table.Th>
            <Table.Th ta="right">{t("aside")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.kinds.map((kind) => (
            <Table.Tr key={kind.kind}>
              <Table.Td>{named(kind.kind)}</Table.Td>
              <Table.Td ta="right">{number(kind.waiting)}</Table.Td>
              <Table.Td ta="right">{number(kind.working)}</Table.Td>
              <Table.Td ta="right">{number(kind.done)}</Table.Td>
              <Table.Td ta="right" fw={kind.set_aside ? 700 : undefined}>
                {number(kind.set_aside)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("work")}</Table.Th>
                <Table.Th>{t("call")}</Table.Th>
                <Table.Th>{t("why")}</Table.Th>
                <Table.Th>{t("then")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {jobs.troubles.map((trouble) => (
                <Table.Tr key={`${trouble.kind} ${trouble.call_id}`}>
                  <Table.Td>{named(trouble.kind)}</Table.Td>
                  <Table.Td>
                    <Anchor component={Link} to={`/calls/${trouble.call_id}`}>
                      {trouble.call_id.slice(0, 8)}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{keptTold(trouble.error, trouble.trouble)}</Table.Td>
                  <Table.Td>
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
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
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
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("work")}</Table.Th>
              <Table.Th>{t("machine")}</Table.Th>
              <Table.Th>{t("lastTime")}</Table.Th>
              <Table.Th>{t("state")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {jobs.periodic.map((each) => (
              <Table.Tr key={`${each.name} ${each.node}`}>
                <Table.Td>{named(each.name)}</Table.Td>
                <Table.Td>{each.node}</Table.Td>
                <Table.Td>{each.ended_at ? time(each.ended_at) : t("never")}</Table.Td>
                <Table.Td>
                  {keptTold(each.error, each.trouble) || (each.ended_at ? t("well") : "")}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
