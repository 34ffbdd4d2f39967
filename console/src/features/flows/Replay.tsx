import { Anchor, Badge, Group, List, Stack, Switch, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import type { Schemas } from "../../shared/api";
import { MaybeDayField } from "../../shared/dates";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { useSession } from "../../shared/session";
import { useFlowName } from "./FlowPage";
import { Numbers } from "./Numbers";
import { RunDesk } from "./runs";
import { useTexts } from "./testTexts";

type Result = Schemas["ReplayResult"];
const SHOWN = 5;
const KINDS = ["same", "words", "way", "end", "not_replayed"] as const;

/** Recorded calls through the draft: which would have gone differently, where and how. */
export function Replay() {
  const t = useTexts();
  const flow = useFlowName();
  const [last, setLast] = useState(100);
  const [since, setSince] = useState<string | null>(null);
  const [until, setUntil] = useState<string | null>(null);
  const [audio, setAudio] = useState(false);
  const [crm, setCrm] = useState(false);
  return (
    <Stack>
      <RunDesk
        flow={flow}
        wanted={{
          do: "replay",
          last,
          since: midnight(since),
          until: midnight(until, 1),
          calls: [],
          audio,
          crm,
        }}
        label={t("replayNow")}
        empty={<EmptyState title={t("replay")}>{t("replayWhy")}</EmptyState>}
        options={
          <>
            <Numbers label={t("replayLast")} value={last} most={2000} onChange={setLast} />
            <MaybeDayField label={t("since")} w={150} value={since} onChange={setSince} />
            <MaybeDayField label={t("until")} w={150} value={until} onChange={setUntil} />
            <Switch
              label={t("byAudio")}
              description={t("byAudioHelp")}
              checked={audio}
              onChange={(event) => setAudio(event.currentTarget.checked)}
            />
            <Switch
              label={t("askCrm")}
              checked={crm}
              onChange={(event) => setCrm(event.currentTarget.checked)}
            />
          </>
        }
      >
        {(run) => run.replay && <Replayed found={run.replay} />}
      </RunDesk>
    </Stack>
  );
}

/** The day's beginning where this browser is. */
function midnight(day: string | null, later = 0): string | null {
  if (!day) return null;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

function Replayed({ found }: { found: Result }) {
  const t = useTexts();
  const { number, day, percent } = useFormats();
  return (
    <Stack>
      <Text role="status">
        {t("replayed", {
          count: number(found.calls),
          first: day(found.first),
          last: day(found.last),
        })}{" "}
        {found.recognizer && t("heardBy", { recognizer: found.recognizer })}
      </Text>
      <Group>
        {KINDS.filter((kind) => found.kinds[kind]).map((kind) => (
          <Badge
            key={kind}
            size="lg"
            tt="none"
            variant="light"
            color={kind === "same" ? "teal" : kind === "end" ? "red" : "yellow"}
          >
            {t(kind === "same" ? "sameWay" : kind)}: {number(found.kinds[kind] ?? 0)} (
            {percent((found.kinds[kind] ?? 0) / Math.max(1, found.calls))})
          </Badge>
        ))}
      </Group>
      {found.heard && (
        <Text size="sm">
          {t("heardTurns", {
            turns: number(found.heard.turns),
            otherwise: number(found.heard.otherwise),
            silent: number(found.heard.without_sound),
          })}
        </Text>
      )}
      {found.partings.length > 0 && <Partings partings={found.partings} />}
      <Counted title={t("otherWords")} counts={found.other_words} />
      <Counted title={t("otherValues")} counts={found.other_values} />
      {found.not_replayed.length > 0 && (
        <div>
          <Title order={2} size="h5">
            {t("not_replayed")}
          </Title>
          <List size="sm">
            {found.not_replayed.map((one) => (
              <List.Item key={`${one.cause} ${one.step} ${one.what}`}>
                {number(one.count)} × {t(`cause_${one.cause}`)}{" "}
                {one.step && `(${[one.step, one.what].filter(Boolean).join(": ")})`}
              </List.Item>
            ))}
          </List>
        </div>
      )}
      {found.supposed > 0 && (
        <Text size="sm" c="dimmed">
          {t("supposed", { count: found.supposed })}
        </Text>
      )}
    </Stack>
  );
}

function Partings({ partings }: { partings: Schemas["ReplayParting"][] }) {
  const t = useTexts();
  const flow = useFlowName();
  const { number } = useFormats();
  const mayListen = useSession().role !== "ops";
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th ta="right">{t("callsHead")}</Table.Th>
            <Table.Th>{t("step")}</Table.Th>
            <Table.Th>{t("wentThen")}</Table.Th>
            <Table.Th>{t("goesNow")}</Table.Th>
            <Table.Th>{t("endsHead")}</Table.Th>
            <Table.Th>{t("examplesHead")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {partings.map((one) => (
            <Table.Tr key={`${one.step} ${one.before} ${one.after} ${one.stopped ?? ""}`}>
              <Table.Td ta="right">{number(one.count)}</Table.Td>
              <Table.Td>
                {one.step ? (
                  <Anchor
                    component={Link}
                    to={`/flows/${flow}?source=draft&step=${encodeURIComponent(one.step)}`}
                  >
                    {one.step}
                  </Anchor>
                ) : (
                  t("atStart")
                )}
              </Table.Td>
              <Table.Td>{one.before || t("stayed")}</Table.Td>
              <Table.Td>
                {one.stopped ? t(`cause_${one.stopped}`) : one.after || t("stays")}
              </Table.Td>
              <Table.Td>
                {one.ends.map((end) => (
                  <Text size="sm" key={`${end.before} ${end.after}`}>
                    {t(`ending_${end.before}`)} → {t(`ending_${end.after}`)}: {number(end.count)}
                  </Text>
                ))}
                {one.better > 0 && (
                  <Badge color="teal" variant="light" tt="none">
                    {t("better", { count: one.better })}
                  </Badge>
                )}
                {one.worse > 0 && (
                  <Badge color="red" variant="light" tt="none">
                    {t("worse", { count: one.worse })}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td>
                {one.calls.slice(0, SHOWN).map((call) =>
                  mayListen ? (
                    <Anchor key={call} component={Link} to={`/calls/${call}`} size="sm" mr="xs">
                      {call.slice(0, 8)}
                    </Anchor>
                  ) : (
                    <Text key={call} span size="sm" mr="xs">
                      {call.slice(0, 8)}
                    </Text>
                  ),
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Counted({ title, counts }: { title: string; counts: Record<string, number> }) {
  const entries = Object.entries(counts);
  if (entries.length === 0) return null;
  return (
    <Text size="sm">
      {title}: {entries.map(([name, count]) => `${name} (${String(count)})`).join(", ")}
    </Text>
  );
}
