import { Anchor, Badge, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useRecords } from "./records";
import { Scrolled } from "./Scrolled";
import { useTexts } from "./texts";

type Rule = Schemas["RuleOut"];
type Narrowed = Pick<Rule, "keep" | "days" | "flow" | "outcome" | "direction">;

const OF_CALLS: ReadonlySet<string> = new Set<Rule["keep"]>([
  "calls",
  "recordings",
  "messages",
  "words",
  "keys",
]);

/** The rules, what they would delete now, and what was deleted when. */
export function Retention() {
  const t = useTexts();
  const query = useQuery({
    queryKey: ["privacy", "retention"],
    queryFn: () => got(api.GET("/api/v1/privacy/retention")),
  });
  return (
    <Loaded query={query}>
      {({ rules, due, runs }) => (
        <Stack>
          {rules.length === 0 ? (
            <EmptyState title={t("noRules")}>{t("noRulesWhy")}</EmptyState>
          ) : (
            <>
              <Rules rules={rules} />
              <Title order={2} size="h4">
                {t("due")}
              </Title>
              {due.length === 0 ? <Text>{t("nothingDue")}</Text> : <Dues due={due} />}
            </>
          )}
          <Title order={2} size="h4">
            {t("wasDeleted")}
          </Title>
          {runs.length === 0 ? <Text>{t("nothingDeleted")}</Text> : <Runs runs={runs} />}
        </Stack>
      )}
    </Loaded>
  );
}

function useWording() {
  const t = useTexts();
  return (rule: Narrowed) =>
    [
      t(`keep_${rule.keep}`, { days: rule.days }),
      rule.flow && t("onlyFlow", { name: rule.flow }),
      rule.outcome && t("onlyOutcome", { name: rule.outcome.replaceAll("_", " ") }),
      rule.direction && t(`only_${rule.direction as "inbound" | "outbound" | "imported"}`),
    ]
      .filter(Boolean)
      .join(t("comma"));
}

function Rules({ rules }: { rules: readonly Rule[] }) {
  const t = useTexts();
  const { number, day } = useFormats();
  const worded = useWording();
  return (
    <>
      <Text size="sm" c="dimmed">
        {t("rulesHelp")}
      </Text>
      <Scrolled minWidth={520}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>#</Table.Th>
              <Table.Th>{t("rule")}</Table.Th>
              <Table.Th ta="end">{t("goesNow")}</Table.Th>
              <Table.Th ta="end">{t("heldCount")}</Table.Th>
              <Table.Th>{t("oldest")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rules.map((rule, place) => (
              <Table.Tr key={place}>
                <Table.Td>{place + 1}</Table.Td>
                <Table.Td>{worded(rule)}</Table.Td>
                <Table.Td ta="end">{number(rule.due)}</Table.Td>
                <Table.Td ta="end">{number(rule.held)}</Table.Td>
                <Table.Td>{rule.oldest && day(rule.oldest)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scrolled>
    </>
  );
}

function Dues({ due }: { due: readonly Schemas["DueOut"][] }) {
  const t = useTexts();
  const { time } = useFormats();
  return (
    <>
      <Text size="sm" c="dimmed">
        {t("dueHelp")}
      </Text>
      <Scrolled minWidth={420} maxHeight={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("what")}</Table.Th>
              <Table.Th>{t("ended")}</Table.Th>
              <Table.Th>{t("rule")}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {due.map((one) => (
              <Table.Tr key={`${one.keep} ${one.id}`}>
                <Table.Td>
                  {OF_CALLS.has(one.keep) ? (
                    <Anchor component={Link} to={`/calls/${one.id}`} size="sm">
                      {t("ofCall", { id: one.id })}
                    </Anchor>
                  ) : (
                    t(`one_${one.keep as "callbacks" | "tickets" | "audit"}`, { id: one.id })
                  )}
                </Table.Td>
                <Table.Td>{time(one.ended_at)}</Table.Td>
                <Table.Td>{one.rule}</Table.Td>
                <Table.Td>{one.held && <Badge color="yellow">{t("stays")}</Badge>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scrolled>
    </>
  );
}

function Runs({ runs }: { runs: readonly Schemas["DeletionOut"][] }) {
  const t = useTexts();
  const { number, time } = useFormats();
  const worded = useWording();
  const named = useRecords();
  return (
    <Scrolled minWidth={520} maxHeight={420}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("when")}</Table.Th>
            <Table.Th>{t("by")}</Table.Th>
            <Table.Th>{t("what")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={`${run.receipt} ${run.at}`}>
              <Table.Td>{time(run.at)}</Table.Td>
              <Table.Td>{run.by === "jobs" ? t("byRules") : run.by}</Table.Td>
              <Table.Td>
                {run.receipt && <Text size="sm">{t("aPerson", { receipt: run.receipt })}</Text>}
                {Object.keys(run.counts).length > 0 && (
                  <Text size="sm" c="dimmed">
                    {Object.entries(run.counts)
                      .map(([kind, count]) => `${named(kind)} ${number(count)}`)
                      .join(t("comma"))}
                  </Text>
                )}
                {run.deleted.map((part, place) => (
                  <Text size="sm" key={place}>
                    {number(part.count)} × {worded(part)}
                  </Text>
                ))}
                {run.held > 0 && (
                  <Text size="sm" c="dimmed">
                    {t("heldStayed", { count: run.held })}
                  </Text>
                )}
                {!run.ended && <Badge color="yellow">{t("cutOff")}</Badge>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolled>
  );
}
