import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  NumberInput,
  Paper,
  Progress,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { api, ApiError, got, type Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { useLanguage } from "../../shared/texts";
import { choices, type Asked } from "./asked";
import { desk, scorecards, textIn } from "./queries";
import { nextCall, useQueue } from "./queue";
import { toScore } from "./QueueBar";
import { useTexts } from "./texts";

type Spread = Schemas["Spread"];
const SPREADS = ["agent", "flow", "any"] as const satisfies readonly Spread[];

/** A scorer's desk: draw calls, go on with what is begun, and see how far one is. */
export function ToScore({ asked }: { asked: Asked }) {
  return (
    <Stack gap="lg">
      <Standing />
      <Draw asked={asked} />
      <Drafts />
    </Stack>
  );
}

function Standing() {
  const t = useTexts();
  const formats = useFormats();
  const query = useQuery(desk);
  return (
    <Loaded query={query}>
      {({ today, week }) => (
        <SimpleGrid cols={{ base: 2, sm: 4 }} maw={640}>
          {(
            [
              [t("doneToday"), today.count],
              [t("meanToday"), today.mean],
              [t("doneWeek"), week.count],
              [t("meanWeek"), week.mean],
            ] as const
          ).map(([label, value]) => (
            <Paper key={label} withBorder p="xs">
              <Text size="xs" c="dimmed">
                {label}
              </Text>
              <Text fw={700} size="xl">
                {value === null ? "–" : formats.number(value)}
              </Text>
            </Paper>
          ))}
        </SimpleGrid>
      )}
    </Loaded>
  );
}

function Draw({ asked }: { asked: Asked }) {
  const t = useTexts();
  const [language] = useLanguage();
  const { name } = useSession();
  const navigate = useNavigate();
  const { queue, setQueue, endQueue } = useQueue(name);
  const cards = useQuery(scorecards);
  const known = useQuery(choices);
  const [chosen, setSpread] = useState<Spread | null>(null);
  // Where people take calls, they are meant before the machine is.
  const spread = chosen ?? (known.data?.agents.length ? "agent" : "flow");
  const [count, setCount] = useState(10);
  const [shortest, setShortest] = useState(15);
  const usable = (cards.data ?? []).filter((card) => card.problems.length === 0);
  const scorecard = usable.find((card) => card.name === asked.scorecard) ?? usable[0];
  const draw = useMutation({
    mutationFn: () =>
      got(
        api.GET("/api/v1/scores/sample", {
          params: {
            query: {
              ...asked,
              scorecard: scorecard?.name ?? "",
              spread,
              count,
              shortest_s: shortest,
            },
          },
        }),
      ),
    onSuccess: (calls) => {
      if (calls.length > 0) {
        setQueue({
          scorecard: scorecard?.name ?? "",
          calls: calls.map((call) => call.id),
          done: [],
        });
      }
    },
  });
  const isOpen = queue !== null && queue.done.length < queue.calls.length;
  const next = queue ? nextCall(queue, "") : null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t("drawTitle")}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("drawTitle")}
        </Title>
        <Text size="sm" c="dimmed" maw={720}>
          {t("drawWhy")}
        </Text>
        <Group gap="xs" align="flex-end">
          <Select
            label={t("spread")}
            w={220}
            allowDeselect={false}
            data={SPREADS.map((value) => ({ value, label: t(`spread_${value}`) }))}
            value={spread}
            onChange={(value) => value && setSpread(value)}
          />
          <NumberInput
            label={t("howMany")}
            w={110}
            min={1}
            max={100}
            allowDecimal={false}
            value={count}
            onChange={(value) => setCount(Number(value) || 1)}
          />
          <NumberInput
            label={t("shortest")}
            w={150}
            min={0}
            max={3600}
            allowDecimal={false}
            value={shortest}
            onChange={(value) => setShortest(Number(value) || 0)}
          />
          <Button
            variant={isOpen ? "default" : "filled"}
            disabled={!scorecard}
            loading={draw.isPending}
            onClick={() => draw.mutate()}
          >
            {t(isOpen ? "drawOthers" : "draw")}
          </Button>
        </Group>
        {cards.data && !scorecard && (
          <Text size="sm">
            {t("noScorecards")}. {t("noScorecardsWhy")}
          </Text>
        )}
        {scorecard && (
          <Text size="sm">
            {t("drawBy", { card: textIn(scorecard.title, language) || scorecard.name })}
          </Text>
        )}
        {draw.error && (
          <Alert color="red" role="alert">
            {draw.error.message}
          </Alert>
        )}
        {draw.data?.length === 0 && <Alert color="yellow">{t("drawNone")}</Alert>}
        {queue && queue.calls.length > 0 && (
          <>
            <Group gap="xs">
              <Button
                autoFocus={draw.isSuccess}
                disabled={!next}
                onClick={() => next && void navigate(toScore(next))}
              >
                {t(queue.done.length > 0 ? "goOnQueue" : "startQueue")}
              </Button>
              <Text size="sm" role="status">
                {isOpen
                  ? t("ofQueue", { done: queue.done.length, of: queue.calls.length })
                  : t("queueDone", { of: queue.calls.length })}
              </Text>
              <Button variant="subtle" size="xs" onClick={endQueue}>
                {t("endQueue")}
              </Button>
            </Group>
            <Progress
              value={(queue.done.length / queue.calls.length) * 100}
              aria-label={t("ofQueue", { done: queue.done.length, of: queue.calls.length })}
            />
            <Queued calls={queue.calls} done={queue.done} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Queued({ calls, done }: { calls: readonly string[]; done: readonly string[] }) {
  const t = useTexts();
  const formats = useFormats();
  const query = useQuery({
    queryKey: ["score-queue", calls],
    // A call may be erased meanwhile; the others are still there.
    queryFn: () =>
      Promise.all(
        calls.map((id) =>
          got(api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id: id } } })).catch(
            (error: unknown) => {
              if (error instanceof ApiError && error.status === 404) return null;
              throw error;
            },
          ),
        ),
      ),
    staleTime: 60_000,
  });
  return (
    <Loaded query={query}>
      {(found) => (
        <ListTable
          rows={found.map((call, place) => ({ call, id: calls[place] ?? "" }))}
          columns={[
            t("when"),
            t("agent"),
            t("flow"),
            { label: t("length"), align: "right" },
            t("stateOfCall"),
          ]}
          empty={[t("gone"), ""]}
          minWidth={520}
        >
          {({ call, id }) => (
            <ListRow
              key={id}
              cells={[
                call ? (
                  <Anchor key="when" component={Link} to={toScore(call.id)} size="sm">
                    {formats.time(call.started_at)}
                  </Anchor>
                ) : (
                  t("gone")
                ),
                call?.agent || "–",
                call?.flow || "–",
                typeof call?.duration_s === "number" ? formats.duration(call.duration_s) : "–",
                done.includes(id) ? (
                  <Badge key="state" color="teal.9">
                    {t("isDone")}
                  </Badge>
                ) : (
                  t("isOpen")
                ),
              ]}
            />
          )}
        </ListTable>
      )}
    </Loaded>
  );
}

function Drafts() {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const query = useQuery(desk);
  const drafts = query.data?.drafts ?? [];
  if (drafts.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t("drafts")}>
      <Title order={2} size="h4" mb="xs">
        {t("drafts")}
      </Title>
      <ListTable
        rows={drafts}
        columns={[
          t("call"),
          t("agent"),
          t("flow"),
          t("scorecard"),
          { label: t("soFar"), align: "right" },
        ]}
        empty={[t("drafts"), ""]}
        minWidth={480}
      >
        {(one) => (
          <ListRow
            key={one.id}
            cells={[
              <Anchor key="call" component={Link} to={toScore(one.call_id)} size="sm">
                {formats.time(one.started_at)}
              </Anchor>,
              one.agent || "–",
              one.flow || "–",
              textIn(one.title, language),
              typeof one.total === "number" ? formats.number(one.total) : "–",
            ]}
          />
        )}
      </ListTable>
    </Paper>
  );
}
