import { Badge, Select, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, got } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useTexts } from "./texts";

const PERIODS = [7, 30, 90, 365];

/** The questions of a file, and how often callers asked them. */
export function Questions({ name }: { name: string }) {
  const t = useTexts();
  const { number, day } = useFormats();
  const [days, setDays] = useState(30);
  const query = useQuery({
    queryKey: ["knowledge", name, "questions", days],
    queryFn: () =>
      got(
        api.GET("/api/v1/knowledge/{name}/questions", {
          params: { path: { name }, query: { days } },
        }),
      ),
  });
  return (
    <Stack>
      <Select
        label={t("period")}
        w={150}
        allowDeselect={false}
        value={String(days)}
        onChange={(value) => setDays(Number(value))}
        data={PERIODS.map((count) => ({ value: String(count), label: t("days", { count }) }))}
      />
      <Loaded query={query}>
        {(questions) =>
          questions.length === 0 ? (
            <EmptyState title={t("noQuestions")}>{t("noQuestionsWhy")}</EmptyState>
          ) : (
            <Table.ScrollContainer minWidth={480}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("questions")}</Table.Th>
                    <Table.Th>{t("wordings")}</Table.Th>
                    <Table.Th ta="right">{t("answered")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {questions.map((one) => (
                    <Table.Tr key={one.name}>
                      <Table.Td>
                        {one.question}{" "}
                        {!one.holds && (
                          <Badge color="gray" variant="light" tt="none">
                            {t("notToday", {
                              first: one.first ? day(`${one.first}T12:00`) : "…",
                              last: one.last ? day(`${one.last}T12:00`) : "…",
                            })}
                          </Badge>
                        )}
                        <Text size="xs" c="dimmed">
                          {one.name}
                        </Text>
                      </Table.Td>
                      <Table.Td>
                        {Object.entries(one.wordings)
                          .map(([language, count]) => `${language} ${number(count)}`)
                          .join(", ")}
                      </Table.Td>
                      <Table.Td ta="right">{number(one.asked)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
    </Stack>
  );
}
