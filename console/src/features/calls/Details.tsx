import { Anchor, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Schemas } from "../../shared/api";
import { durationOf, useFormats } from "../../shared/formats";
import { useFeeling, useOutcome } from "../../shared/outcomes";
import { ConsentDetail } from "./Consent";
import { useTexts } from "./callTexts";
import { useMode } from "./moments";
import type { Player } from "./usePlayer";

const DIRECTIONS = ["inbound", "outbound", "imported"] as const;

/** Everything else that is known of a call. */
export function Details({ call, player }: { call: Schemas["CallOut"]; player: Player }) {
  const t = useTexts();
  const named = useOutcome();
  const formats = useFormats();
  const felt = useFeeling();
  const directed = (direction: string) => {
    const known = DIRECTIONS.find((one) => one === direction);
    return known ? t(known) : direction;
  };
  const moded = useMode();
  const facts = call.facts;
  const rows: [string, ReactNode][] = [
    [t("id"), call.id],
    [t("direction"), directed(call.direction)],
    [t("number"), call.caller || t("withheld")],
    [t("customer"), call.customer],
    [t("callee"), call.callee],
    [t("diverted"), call.diverted_from],
    [
      t("flow"),
      call.flow && (
        <Anchor component={Link} to={`/flows/${encodeURIComponent(call.flow)}`} size="sm">
          {call.flow} {call.version_number === null ? "" : `v${call.version_number}`}
        </Anchor>
      ),
    ],
    [
      t("steps"),
      call.steps.map((step, place) => (
        <span key={step}>
          {place > 0 && " → "}
          <Anchor
            component={Link}
            size="sm"
            to={`/flows/${encodeURIComponent(call.flow)}?step=${encodeURIComponent(step)}`}
          >
            {step}
          </Anchor>
        </span>
      )),
    ],
    [t("language"), call.language && formats.language(call.language)],
    [t("started"), formats.time(call.started_at)],
    [t("answered"), call.answered_at && formats.clock(call.answered_at)],
    [t("ended"), call.ended_at && formats.clock(call.ended_at)],
    [t("outcome"), named(call.outcome)],
    [t("cause"), named(call.cause)],
    [
      t("transfers"),
      call.transfers.length === 0
        ? t("noTransfers")
        : call.transfers.map((one) => (
            <Text key={one.number} size="sm">
              {[moded(one.mode), one.target, one.agent, named(one.outcome)]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          )),
    ],
    [t("agent"), call.agent],
    ...(facts
      ? ([
          [t("turns"), facts.turns],
          [t("no_matches"), facts.no_matches],
          [t("silence"), durationOf(facts.longest_silence_ms / 1000)],
          [
            t("latencyBoth"),
            facts.latency_p50_ms !== null
              ? `${formats.ms(facts.latency_p50_ms)} / ${formats.ms(facts.latency_max_ms ?? 0)}`
              : "",
          ],
          [t("bargeIns"), facts.barge_ins],
          [t("overlaps"), facts.overlaps],
          [t("keys"), facts.keys],
          [t("errors"), facts.errors],
          [t("feeling"), facts.feeling && felt(facts.feeling)],
        ] as [string, ReactNode][])
      : []),
    [t("consent"), <ConsentDetail key="consent" call={call.id} player={player} />],
    [t("node"), call.node],
  ];
  return (
    <Table verticalSpacing={4} variant="vertical" layout="fixed">
      <Table.Tbody>
        {rows
          .filter(([, value]) => value !== "" && value !== null)
          .map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w={150}>{label}</Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}
