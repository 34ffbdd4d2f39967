import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import { Anchor, Group, Select, Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { colours, Picture } from "../../shared/Picture";
import {
  BY,
  FOLLOWED,
  MATRICES,
  OVER,
  PARTS,
  short,
  TIMES,
  useNames,
  type Ask,
  type Asked,
  type By,
  type Group as Counted,
  type Over,
} from "./asked";
import { Matrix } from "./Matrix";
import { useTexts } from "./texts";
import { namesOf, wayOf } from "./ways";

const FEW = 10;
const MOST_BARS = 20;
const LINES = Object.values(colours);

/** What scorings came to: a picture, its table, its files. */
export function Results({
  asked,
  by,
  over,
  ask,
}: {
  asked: Asked;
  by: By;
  over: Over | "";
  ask: Ask;
}) {
  const t = useTexts();
  const followed = FOLLOWED.includes(by) ? over : "";
  const query = useQuery({
    queryKey: ["score-results", asked, by, followed],
    queryFn: () =>
      got(
        api.GET("/api/v1/scores/results", {
          params: { query: { ...asked, by, ...(followed ? { over: followed } : {}) } },
        }),
      ),
  });
  return (
    <Stack gap="md">
      <Group gap="xs" align="flex-end">
        <Select
          label={t("groupBy")}
          allowDeselect={false}
          w={260}
          maxDropdownHeight={420}
          data={BY.map((value) => ({ value, label: t(`by_${value}`) }))}
          value={by}
          onChange={(value) => value && ask({ by: value })}
        />
        {FOLLOWED.includes(by) && (
          <Select
            label={t("over")}
            w={180}
            allowDeselect={false}
            data={[
              { value: "", label: t("overNothing") },
              ...OVER.map((value) => ({ value, label: t(`over_${value}`) })),
            ]}
            value={followed}
            onChange={(value) => ask({ over: value ?? "" })}
          />
        )}
      </Group>
      <Loaded query={query}>
        {(groups) =>
          groups.length === 0 ? (
            <EmptyState title={t("none")}>{t("noneWhy")}</EmptyState>
          ) : followed ? (
            <Way groups={groups} asked={asked} by={by} over={followed} />
          ) : MATRICES.includes(by) ? (
            <WeakPoints groups={groups} asked={asked} by={by} />
          ) : (
            <Drawn groups={groups} asked={asked} by={by} ask={ask} />
          )
        }
      </Loaded>
    </Stack>
  );
}

const fileOf =
  (asked: Asked, more: Record<string, string>) =>
  (format: "csv" | "xlsx"): string =>
    `/api/v1/scores/results/file?${new URLSearchParams({ ...asked, ...more, format }).toString()}`;

function useRows(by: By, part: string | null, nameOf: (one: Counted) => string) {
  const t = useTexts();
  const { number, percent } = useFormats();
  const isPart = PARTS.includes(by);
  const isQuestion = isPart && by !== "step";
  const columns = [
    t(by === "agent_question" ? "by_agent" : by === "flow_question" ? "by_flow" : `by_${by}`),
    ...(part ? [part] : []),
    t(isPart ? "answersCount" : "count"),
    t("mean"),
    t(isPart ? "worst" : "fatalCount"),
    t(isQuestion ? "leftOut" : "passedCount"),
  ];
  const figures = (one: Counted) => [
    number(one.count),
    one.mean === null ? "–" : number(one.mean),
    number(one.failed),
    isQuestion ? number(one.not_applicable) : one.judged ? percent(one.passed / one.judged) : "–",
  ];
  return { columns, figures, nameOf };
}

/** One number a group, the worst on top. */
function Drawn({ groups, asked, by, ask }: { groups: Counted[]; asked: Asked; by: By; ask: Ask }) {
  const t = useTexts();
  const names = useNames();
  const isWide = useMediaQuery("(min-width: 48em)", true);
  const isTime = TIMES.includes(by);
  const nameOf = (one: Counted) => {
    if (by === "question") return names.question(one.part);
    const name = by.startsWith("scorecard")
      ? names.card(one.name)
      : one.name || t(by === "agent" ? "noAgent" : "noName");
    return one.part ? `${name} · ${one.part}` : name;
  };
  const { columns, figures } = useRows(by, null, nameOf);
  // The worst on top: that is what somebody has to do something about.
  const ordered = isTime ? groups : groups.toSorted((a, b) => (a.mean ?? 101) - (b.mean ?? 101));
  const shown = ordered.filter((one) => one.mean !== null).slice(0, isTime ? 400 : MOST_BARS);
  const data = shown.map((one) => {
    const mean = Math.round((one.mean ?? 0) * 10) / 10;
    const label = isTime
      ? `${one.name} (${one.count})`
      : `${short(nameOf(one), isWide ? 34 : 20)} (${one.count})`;
    return one.count < FEW && !isTime ? { label, few: mean } : { label, mean };
  });
  const narrowed = (one: Counted): Record<string, string> | null => {
    if (by === "agent" || by === "scorer" || by === "flow" || by === "scorecard") {
      return one.name ? { [by]: one.name } : null;
    }
    return by === "flow_version" && one.part ? { flow: one.name, version: one.part } : null;
  };
  const rows = ordered.map((one) => {
    const only = narrowed(one);
    return [
      only ? (
        <Anchor key="name" component="button" fz="xs" onClick={() => ask({ ...only, tab: "list" })}>
          {nameOf(one)}
        </Anchor>
      ) : (
        nameOf(one)
      ),
      ...figures(one),
    ];
  });
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
      fileOf={fileOf(asked, { by })}
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
          yAxisProps={{ width: isWide ? 220 : 140, interval: 0 }}
          data={data}
          series={series}
        />
      )}
    </Picture>
  );
}

/** How each one went over time: the ones with the most scorings as lines, all in the table. */
function Way({ groups, asked, by, over }: { groups: Counted[]; asked: Asked; by: By; over: Over }) {
  const t = useTexts();
  const names = useNames();
  const nameOf = (one: Counted) =>
    by === "scorecard"
      ? names.card(one.name)
      : one.name || t(by === "agent" ? "noAgent" : "noName");
  const { columns, figures } = useRows(by, t(`by_${over}`), nameOf);
  const drawn = namesOf(groups, LINES.length);
  const labels = new Map(groups.map((one) => [one.name, nameOf(one)]));
  return (
    <Picture
      title={`${t("mean")}: ${t(`by_${by}`)} · ${t(`by_${over}`)}`}
      note={labels.size > drawn.length ? t("wayMost", { count: drawn.length }) : undefined}
      name={`scores-by-${by}-over-${over}s`}
      columns={columns}
      rows={groups.map((one) => [nameOf(one), one.part, ...figures(one)])}
      fileOf={fileOf(asked, { by, over })}
    >
      <LineChart
        h={320}
        dataKey="period"
        curveType="linear"
        withDots
        withLegend
        connectNulls
        xAxisProps={{ padding: { left: 30, right: 40 }, interval: "preserveStartEnd" }}
        yAxisProps={{ domain: [0, 100] }}
        data={wayOf(groups, drawn)}
        series={drawn.map((name, place) => ({
          name: `n${place}`,
          label: labels.get(name) ?? name,
          color: LINES[place] ?? colours.grey,
        }))}
      />
    </Picture>
  );
}

/** Whom to help with what: a row for each agent or flow, a column for each question. */
function WeakPoints({ groups, asked, by }: { groups: Counted[]; asked: Asked; by: By }) {
  const t = useTexts();
  const names = useNames();
  const noName = t(by === "agent_question" ? "noAgent" : "noName");
  const nameOf = (one: Counted) => one.name || noName;
  const { columns, figures } = useRows(by, t("question"), nameOf);
  return (
    <Picture
      title={`${t("mean")}: ${t(`by_${by}`)}`}
      note={asked.scorecard ? t("matrixWhy") : `${t("matrixWhy")} ${t("matrixCard")}`}
      name={`scores-by-${by}`}
      columns={columns}
      rows={groups.map((one) => [nameOf(one), names.question(one.part), ...figures(one)])}
      fileOf={fileOf(asked, { by })}
    >
      <Matrix
        title={t(`by_${by}`)}
        groups={groups}
        nameOf={(name) => name || noName}
        partOf={names.question}
        parts={names.inOrder([...new Set(groups.map((one) => one.part))])}
      />
    </Picture>
  );
}
