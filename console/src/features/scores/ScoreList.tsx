import { Anchor, Badge, Button, Group, Menu, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, got } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useLanguage } from "../../shared/texts";
import type { Asked } from "./asked";
import { textIn } from "./queries";
import { toScore } from "./QueueBar";
import { useTexts } from "./texts";

/** Every finished scoring. */
export function ScoreList({ asked }: { asked: Asked }) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const query = useInfiniteQuery({
    queryKey: ["score-list", asked],
    queryFn: ({ pageParam }) =>
      got(
        api.GET("/api/v1/scores", {
          params: { query: { ...asked, before: pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = query.data?.pages.flatMap((page) => page.scores) ?? [];
  const fileOf = (what: string, format: string) =>
    `/api/v1/scores/file?${new URLSearchParams({ ...asked, what, format }).toString()}`;
  return (
    <Stack gap="sm">
      <Group justify="flex-end">
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default">{t("download")}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {["csv", "xlsx"].map((format) => (
              <Menu.Item key={format} component="a" href={fileOf("scorings", format)} download>
                {t("list")}, {format.toUpperCase()}
              </Menu.Item>
            ))}
            {["csv", "xlsx"].map((format) => (
              <Menu.Item key={format} component="a" href={fileOf("answers", format)} download>
                {t("everyAnswer")}, {format.toUpperCase()}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Loaded query={query}>
        {() =>
          rows.length === 0 ? (
            <EmptyState title={t("none")}>{t("noneWhy")}</EmptyState>
          ) : (
            <Table.ScrollContainer minWidth={640}>
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("when")}</Table.Th>
                    <Table.Th>{t("agent")}</Table.Th>
                    <Table.Th>{t("flow")}</Table.Th>
                    <Table.Th>{t("scorecard")}</Table.Th>
                    <Table.Th>{t("scorer")}</Table.Th>
                    <Table.Th ta="right">{t("total")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((one) => (
                    <Table.Tr key={one.id}>
                      <Table.Td>
                        <Anchor component={Link} to={toScore(one.call_id)}>
                          {formats.time(one.started_at)}
                        </Anchor>
                      </Table.Td>
                      <Table.Td>{one.agent || "–"}</Table.Td>
                      <Table.Td>{one.flow || "–"}</Table.Td>
                      <Table.Td>
                        {textIn(one.title, language)}{" "}
                        <Text span size="xs" c="dimmed">
                          {one.number}
                        </Text>
                      </Table.Td>
                      <Table.Td>{one.scorer}</Table.Td>
                      <Table.Td ta="right">
                        {one.failed && (
                          <Badge color="red.9" mr={6}>
                            {t("fatal")}
                          </Badge>
                        )}
                        {typeof one.total === "number" ? formats.number(one.total) : "–"}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("more")}
        </Button>
      )}
    </Stack>
  );
}
