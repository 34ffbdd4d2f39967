import { Badge, List, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useTexts } from "./texts";

/** The rules, and what they would delete now. */
export function Retention() {
  const t = useTexts();
  const { time } = useFormats();
  const query = useQuery({
    queryKey: ["privacy", "retention"],
    queryFn: () => got(api.GET("/api/v1/privacy/retention")),
  });
  return (
    <Loaded query={query}>
      {({ rules, due, more }) =>
        rules.length === 0 ? (
          <EmptyState title={t("noRules")}>{t("noRulesWhy")}</EmptyState>
        ) : (
          <Stack>
            <List type="ordered">
              {rules.map((rule, place) => (
                <List.Item key={place}>
                  <Rule rule={rule} />
                </List.Item>
              ))}
            </List>
            <Title order={2} size="h4">
              {t("due")}
            </Title>
            {due.length === 0 ? (
              <Text>{t("nothingDue")}</Text>
            ) : (
              <Table.ScrollContainer
                minWidth={420}
                scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
              >
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
                      <Table.Tr key={one.call_id}>
                        <Table.Td>{t("ofCall", { id: one.call_id })}</Table.Td>
                        <Table.Td>{time(one.ended_at)}</Table.Td>
                        <Table.Td>{one.rule}</Table.Td>
                        <Table.Td>
                          {one.held && <Badge color="yellow">{t("stays")}</Badge>}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )}
            {more && <Text>{t("more")}</Text>}
          </Stack>
        )
      }
    </Loaded>
  );
}

function Rule({ rule }: { rule: Schemas["RuleOut"] }) {
  const t = useTexts();
  const days = String(rule.days);
  const only = [
    rule.flow && t("onlyFlow", { name: rule.flow }),
    rule.outcome && t("onlyOutcome", { name: rule.outcome }),
    rule.direction && t("onlyDirection", { name: rule.direction }),
  ].filter(Boolean);
  const what = rule.keep === "calls" ? t("keepCalls", { days }) : t("keepRecordings", { days });
  return <>{[what, ...only].join(", ")}</>;
}
