import { Badge, Box, Card, Group, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Fragment, useRef, type KeyboardEvent } from "react";
import { Link, useNavigate } from "react-router";

import { useFormats } from "../../shared/formats";
import { usePageKeys } from "../../shared/keys";
import { useFeeling, useOutcome } from "../../shared/outcomes";
import { Passages, usePassages } from "./Passages";
import type { CallLine, Filters, Passages as Found } from "./queries";
import { useTexts } from "./texts";

export const SORTS = ["started", "duration", "silence", "latency", "no_matches"] as const;
type Sort = (typeof SORTS)[number];
type Change = (changes: Record<string, string | null>) => void;

/** The calls as a table, on a phone as cards; up, down and Enter go through either. */
export function CallTable({
  calls,
  filters,
  change,
}: {
  calls: readonly CallLine[];
  filters: Filters;
  change: Change;
}) {
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const list = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const q = filters.q ?? "";
  const passages = usePassages(calls, q);
  const t = useTexts();
  usePageKeys([
    [["↑", "↓"], t("k_rows")],
    [["Enter"], t("k_open")],
  ]);
  const opened = (call: CallLine) => callPath(call, filters);
  const foundIn = (call: CallLine): Found | undefined => {
    const found = passages.get(call.id);
    return found?.passages.length ? found : undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-call]") ?? [])];
    const at = rows.indexOf(document.activeElement?.closest<HTMLElement>("[data-call]") as never);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
    } else if (event.key === "Enter" && event.target === rows[at]) {
      const call = calls[at];
      if (call) void navigate(opened(call));
    }
  };
  return (
    <div ref={list} onKeyDown={onKeyDown}>
      {isNarrow ? (
        <Stack gap="xs">
          {calls.map((call, place) => (
            <div key={call.id}>
              <CallCard call={call} to={opened(call)} isFirst={place === 0} />
              <FoundIn found={foundIn(call)} q={q} />
            </div>
          ))}
        </Stack>
      ) : (
        <Table.ScrollContainer minWidth={760}>
          <Table highlightOnHover verticalSpacing={6}>
            <Head filters={filters} change={change} />
            <Table.Tbody>
              {calls.map((call, place) => (
                <Fragment key={call.id}>
                  <Row call={call} to={opened(call)} isFirst={place === 0} found={foundIn(call)} />
                  {foundIn(call) && (
                    <Table.Tr>
                      <Table.Td colSpan={7} pt={0}>
                        <FoundIn found={foundIn(call)} q={q} />
                      </Table.Td>
                    </Table.Tr>
                  )}
                </Fragment>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </div>
  );
}

function FoundIn({ found, q }: { found: Found | undefined; q: string }) {
  if (!found) return null;
  return (
    <Box pl="md" py={4}>
      <Passages found={found} q={q} />
    </Box>
  );
}

function callPath(call: CallLine, filters: Filters): string {
  const words = filters.q ? `?${new URLSearchParams({ q: filters.q }).toString()}` : "";
  return `/calls/${call.id}${words}`;
}

function Head({ filters, change }: { filters: Filters; change: Change }) {
  const t = useTexts();
  const sorted = (filters.sort ?? "started") as Sort;
  const ascending = filters.ascending === "true";
  const column = (label: string, sort?: Sort, align: "left" | "right" = "left") => (
    <Table.Th
      ta={align}
      aria-sort={sort === sorted ? (ascending ? "ascending" : "descending") : undefined}
    >
      {sort ? (
        <UnstyledButton
          fw={600}
          fz="sm"
          mih={24}
          onClick={() =>
            change({
              sort: sort === "started" ? null : sort,
              ascending: sort === sorted && !ascending ? "true" : null,
            })
          }
        >
          {label}
          {sort === sorted &&
            (ascending ? (
              <IconArrowUp size={14} aria-hidden />
            ) : (
              <IconArrowDown size={14} aria-hidden />
            ))}
        </UnstyledButton>
      ) : (
        label
      )}
    </Table.Th>
  );
  return (
    <Table.Thead>
      <Table.Tr>
        {column(t("started"), "started")}
        {column(t("caller"))}
        {column(t("flow"))}
        {column(t("outcome"))}
        {column(t("agent"))}
        {column(t("length"), "duration", "right")}
        {column(t("notable"))}
      </Table.Tr>
    </Table.Thead>
  );
}

function Row({
  call,
  to,
  isFirst,
  found,
}: {
  call: CallLine;
  to: string;
  isFirst: boolean;
  found: Found | undefined;
}) {
  const formats = useFormats();
  const navigate = useNavigate();
  return (
    <Table.Tr
      data-call={call.id}
      tabIndex={isFirst ? 0 : -1}
      style={{ cursor: "pointer", ...(found ? { borderBottom: "none" } : {}) }}
      onClick={() => void navigate(to)}
    >
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Link to={to} tabIndex={-1} style={{ color: "inherit" }}>
          {formats.time(call.started_at)}
        </Link>
      </Table.Td>
      <Table.Td miw={180}>
        <Caller call={call} />
      </Table.Td>
      <Table.Td>
        {call.flow}
        {call.version_number !== null && (
          <Text span size="xs" c="dimmed">
            {" "}
            v{call.version_number}
          </Text>
        )}
      </Table.Td>
      <Table.Td miw={140}>
        <Outcome call={call} />
      </Table.Td>
      <Table.Td>{call.agent}</Table.Td>
      <Table.Td ta="right">
        {call.duration_s === null ? "" : formats.duration(call.duration_s)}
      </Table.Td>
      <Table.Td>
        <Notable call={call} />
      </Table.Td>
    </Table.Tr>
  );
}

function CallCard({ call, to, isFirst }: { call: CallLine; to: string; isFirst: boolean }) {
  const formats = useFormats();
  return (
    <Card
      component={Link}
      to={to}
      withBorder
      p="sm"
      data-call={call.id}
      tabIndex={isFirst ? 0 : -1}
      style={{ color: "inherit", textDecoration: "none" }}
    >
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Caller call={call} />
        <Text size="sm" style={{ whiteSpace: "nowrap" }}>
          {call.duration_s === null ? "" : formats.duration(call.duration_s)}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {formats.time(call.started_at)} · {call.flow}
        {call.agent && ` · ${call.agent}`}
      </Text>
      <Group gap={6} mt={4}>
        <Outcome call={call} />
        <Notable call={call} />
      </Group>
    </Card>
  );
}

export function Caller({ call }: { call: CallLine }) {
  const t = useTexts();
  const number = call.caller || t("withheld");
  const name = call.customer || call.caller_name;
  return (
    // Each in its own direction, and never so long that nothing else has room.
    <div style={{ overflowWrap: "anywhere", minWidth: 0, maxWidth: 300 }}>
      <Text component="bdi" fw={600} size="sm">
        {name || number}
      </Text>
      {name && (
        <>
          {" "}
          <Text component="bdi" size="sm" c="dimmed">
            {number}
          </Text>
        </>
      )}
    </div>
  );
}

function Outcome({ call }: { call: CallLine }) {
  const t = useTexts();
  const named = useOutcome();
  if (!call.ended_at) {
    return (
      <Badge color="green" variant="dot">
        {t("live")}
      </Badge>
    );
  }
  return <Text size="sm">{named(call.outcome)}</Text>;
}

/** What makes somebody look at a call: in words, not by colour alone. */
function Notable({ call }: { call: CallLine }) {
  const t = useTexts();
  const felt = useFeeling();
  const facts = call.facts;
  if (!facts) return null;
  const found = [
    facts.feeling && facts.feeling !== "pleased" ? felt(facts.feeling) : "",
    facts.no_matches >= 2 ? t("noMatchOf", { count: facts.no_matches }) : "",
    facts.no_inputs >= 2 ? t("noInputOf", { count: facts.no_inputs }) : "",
    facts.longest_silence_ms >= 8000
      ? t("silenceOf", { seconds: Math.round(facts.longest_silence_ms / 1000) })
      : "",
    facts.slow_turns > 0 ? t("slowOf", { count: facts.slow_turns }) : "",
  ].filter(Boolean);
  return (
    <Group gap={4}>
      {found.map((text) => (
        <Badge key={text} color="orange" variant="dot">
          {text}
        </Badge>
      ))}
    </Group>
  );
}
