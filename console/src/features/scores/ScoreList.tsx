import { Anchor, Badge, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, got } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
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
        {() => (
          <ListTable
            rows={rows}
            columns={[
              t("when"),
              t("agent"),
              t("flow"),
              t("scorecard"),
              t("scorer"),
              { label: t("total"), align: "right" },
            ]}
            empty={[t("none"), t("noneWhy")]}
            minWidth={640}
          >
            {(one) => (
              <ListRow
                key={one.id}
                cells={[
                  <Anchor key="when" component={Link} to={toScore(one.call_id)} size="sm">
                    {formats.time(one.started_at)}
                  </Anchor>,
                  one.agent || "–",
                  one.flow || "–",
                  <span key="card">
                    {textIn(one.title, language)}{" "}
                    <Text span size="xs" c="dimmed">
                      v{one.number}
                    </Text>
                  </span>,
                  one.scorer,
                  <span key="total">
                    {one.failed && (
                      <Badge color="red.9" mr={6}>
                        {t("fatal")}
                      </Badge>
                    )}
                    {typeof one.total === "number" ? formats.number(one.total) : "–"}
                  </span>,
                ]}
              />
            )}
          </ListTable>
        )}
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
