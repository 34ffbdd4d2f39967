import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import {
  Anchor,
  Badge,
  Button,
  Group,
  Menu,
  Select,
  Stack,
  Table,
  Tabs,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import dayjs from "dayjs";
import { Link, useSearchParams } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { colours, Picture } from "../../shared/Picture";
import { useLanguage } from "../../shared/texts";
import { DayField } from "../../shared/dates";
import { scorecards, textIn } from "./queries";
import { useTexts } from "./texts";

type Group = Schemas["GroupOut"];
const BY = [
  "scorecard",
  "agent",
  "flow",
  "flow_version",
  "step",
  "question",
  "scorecard_version",
  "scorer",
  "day",
  "week",
  "month",
] as const;
type By = (typeof BY)[number];
const TIMES: readonly string[] = ["day", "week", "month"];
const PARTS: readonly string[] = ["question", "step"];
const FEW = 10;
const MOST_BARS = 20;

interface Asked {
  since: string;
  until: string;
  scorecard: string;
  agent: string;
  flow: string;
}

/** What scoring came to, and every finished scoring. */
export function ScoresPage() {
  const t = useTexts();
  const [params, setParams] = useSearchParams();
  const today = dayjs().format("YYYY-MM-DD");
  const asked: Asked = {
    since: params.get("since") ?? dayjs().subtract(89, "day").format("YYYY-MM-DD"),
    until: params.get("until") ?? today,
    scorecard: params.get("scorecard") ?? "",
    agent: params.get("agent") ?? "",
    flow: params.get("flow") ?? "",
  };
  const by = BY.find((one) => one === params.get("by")) ?? "agent";
  const ask = (part: Record<string, string>) =>
    setParams(
      (before) => {
        Object.entries(part).forEach(([key, value]) =>
          value ? before.set(key, value) : before.delete(key),
        );
        return before;
      },
      { replace: true },
    );
  const [settled] = useDebouncedValue(asked, 300);
  return (
    <Page title={t("scores")}>
      <Filters asked={asked} ask={ask} />
      <Tabs
        value={params.get("tab") ?? "results"}
        onChange={(tab) => ask({ tab: tab === "results" ? "" : (tab ?? "") })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="results">{t("results")}</Tabs.Tab>
          <Tabs.Tab value="list">{t("list")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="results" pt="md">
          <Results asked={settled} by={by} setBy={(next) => ask({ by: next })} />
        </Tabs.Panel>
        <Tabs.Panel value="list" pt="md">
          <List asked={settled} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Filters({ asked, ask }: { asked: Asked; ask: (part: Record<string, string>) => void }) {
  const t = useTexts();
  const [language] = useLanguage();
  const cards = useQuery(scorecards);
  return (
    <Group gap="xs" align="flex-end">
      <DayField
        label={t("since")}
        w={150}
        value={asked.since}
        max={asked.until}
        onChange={(since) => ask({ since })}
      />
      <DayField
        label={t("until")}
        w={150}
        value={asked.until}
        min={asked.since}
        onChange={(until) => ask({ until })}
      />
      <Select
        label={t("scorecard")}
        placeholder={t("all")}
        clearable
        data={(cards.data ?? []).map((card) => ({
          value: card.name,
          label: textIn(card.title, language) || card.name,
        }))}
        value={asked.scorecard || null}
        onChange={(scorecard) => ask({ scorecard: scorecard ?? "" })}
      />
      {(["agent", "flow"] as const).map((key) => (
        <TextInput
          key={key}
          label={t(key)}
          placeholder={t("all")}
          w={140}
          value={asked[key]}
          onChange={(event) => ask({ [key]: event.currentTarget.value })}
        />
      ))}
    </Group>
  );
}

function Results({ asked, by, setBy }: { asked: Asked; by: By; setBy: (by: By) => void }) {
  const t = useTexts();
  const query = useQuery({
    queryKey: ["score-results", asked, by],
    queryFn: () => got(api.GET("/api/v1/scores/results", { params: { query: { ...asked, by } } })),
  });
  return (
    <Stack gap="md">
      <Select
        label={t("groupBy")}
        allowDeselect={false}
        maw={260}
        data={BY.map((value) => ({ value, label: t(`by_${value}`) }))}
        value={by}
        onChange={(value) => value && setBy(value)}
      />
      <Loaded query={query}>
        {(groups) =>
          groups.length === 0 ? (
            <EmptyState title={t("none")}>{t("noneWhy")}</EmptyState>
          ) : (
            <Drawn groups={groups} asked={asked} by={by} />
          )
        }
      </Loaded>
    </Stack>
  );
}

function Drawn({ groups, asked, by }: { groups: Group[]; asked: Asked; by: By }) {
  const t = useTexts();
  const { number, percent } = useFormats();
  const isTime = TIMES.includes(by);
  const isPart = PARTS.includes(by);
  const nameOf = (one: Group) => {
    const name = one.name || t("noName");
    return one.part ? `${name} · ${one.part}` : name;
  };
  // The worst on top: that is what somebody has to do something about.
  const ordered = isTime ? groups : groups.toSorted((a, b) => (a.mean ?? 101) - (b.mean ?? 101));
  const shown = ordered.filter((one) => one.mean !== null).slice(0, isTime ? 400 : MOST_BARS);
  const data = shown.map((one) => {
    const mean = Math.round((one.mean ?? 0) * 10) / 10;
    const label = `${nameOf(one)} (${one.count})`;
    return one.count < FEW && !isTime ? { label, few: mean } : { label, mean };
  });
  const columns = [
    t(`by_${by}`),
    t(isPart ? "answersCount" : "count"),
    t("mean"),
    t(isPart ? "worst" : "fatalCount"),
    t(by === "question" ? "leftOut" : "passedCount"),
  ];
  const rows = ordered.map((one) => [
    nameOf(one),
    number(one.count),
    one.mean === null ? "–" : number(one.mean),
    number(one.failed),
    by === "question"
      ? number(one.not_applicable)
      : one.judged
        ? percent(one.passed / one.judged)
        : "–",
  ]);
  const series = [
    { name: "mean", label: t("mean"), color: colours.blue },
    { name: "few", label: t("mean"), color: colours.grey },
  ];
  return (
    <Picture
      title={`${t("mean")}: ${t(`by_${by}`)}`}
      note={isTime ? undefined : t("few")}
      name={`scores-by-${by}`}
      columns={columns}
      rows={rows}
      fileOf={(format) =>
        `/api/v1/scores/results/file?${new URLSearchParams({ ...asked, by, format }).toString()}`
      }
    >
      {isTime ? (
        <LineChart
          h={280}
          dataKey="label"
          curveType="linear"
          withDots
          yAxisProps={{ domain: [0, 100] }}
          data={data}
          series={series.slice(0, 1)}
        />
      ) : (
        <BarChart
          h={60 + data.length * 30}
          orientation="vertical"
          type="stacked"
          dataKey="label"
          maxBarWidth={26}
          xAxisProps={{ domain: [0, 100] }}
          yAxisProps={{ width: 220, interval: 0 }}
          data={data}
          series={series}
        />
      )}
    </Picture>
  );
}

function List({ asked }: { asked: Asked }) {
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
                        <Anchor component={Link} to={`/calls/${one.call_id}`}>
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
