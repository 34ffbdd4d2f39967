import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import { ColorSwatch, Group, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { useFormats } from "../../shared/formats";
import { colours, Picture, type Rows } from "../../shared/Picture";
import { useLanguage } from "../../shared/texts";
import { HeatMap } from "./HeatMap";
import {
  labelOf,
  meansOf,
  OUTCOMES,
  weekdaysIn,
  type Asked,
  type Figures,
  type Pictures,
} from "./reports";
import { useTexts } from "./texts";

const HEIGHT = 260;
const MOST_BARS = 12;
const NAMES_PX = 170;
const NAMES_LETTERS = 20;

type Series = { name: string; label: string; color: string; strokeDasharray?: string }[];
type Points = Record<string, string | number | null>[];

/** Every picture of a time. */
export function Drawings({ found, asked }: { found: Pictures; asked: Asked }) {
  const t = useTexts();
  const [language] = useLanguage();
  const formats = useFormats();
  const { number, percent, ms } = formats;
  const or = (shown: (value: number) => string, value: number | null) =>
    value === null ? "–" : shown(value);
  const inPeriods = <T,>(cells: (figures: Figures, period: string) => T): T[] =>
    found.periods.map((one) => cells(one.figures, labelOf(one, asked.by, language)));
  const points = (values: (figures: Figures) => Record<string, number | null>): Points =>
    inPeriods((figures, period) => ({ period, ...values(figures) }));
  /** By period: a table has a row for each. */
  const rows = (cells: (figures: Figures) => ReactNode[]): Rows =>
    inPeriods((figures, period) => [period, ...cells(figures)]);
  /** A frame around a drawing: what the API's file of it is called, its texts, its table. */
  const framed = (
    picture: string,
    title: string,
    note: string,
    columns: string[],
    cells: Rows,
    drawing: ReactNode,
  ) => (
    <Picture
      key={picture}
      name={`${picture}-${found.first}-${found.last}`}
      fileOf={(format) =>
        `/api/v1/pictures/file?${new URLSearchParams({ ...asked, picture, format }).toString()}`
      }
      title={title}
      note={note}
      columns={columns}
      rows={cells}
    >
      {drawing}
    </Picture>
  );
  const weekdays = weekdaysIn(language);
  const means = meansOf(found.heat);
  const reasons = found.reasons.slice(0, MOST_BARS);
  const steps = found.steps.filter((one) => one.no_match > 0 && one.turns > 0).slice(0, MOST_BARS);
  const hasBefore = found.before !== null;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      {framed(
        "volume",
        t("volume"),
        "",
        [t("period"), t("calls"), t("answered"), t("outbound"), t("duration")],
        rows((one) => [
          number(one.calls),
          number(one.answered),
          number(one.outbound),
          or(formats.duration, one.duration_s),
        ]),
        <Stacked
          data={points((one) => ({ answered: one.answered, missed: one.calls - one.answered }))}
          series={[
            { name: "answered", label: t("answered"), color: colours.blue },
            { name: "missed", label: t("notAnswered"), color: colours.grey },
          ]}
        />,
      )}
      {framed(
        "outcomes",
        t("outcomes"),
        "",
        [t("period"), t("calls"), ...OUTCOMES.map(([outcome]) => t(outcome))],
        rows((one) => [
          number(one.calls),
          ...OUTCOMES.map(([outcome]) => number(one.outcomes[outcome] ?? 0)),
        ]),
        <Stacked
          data={points((one) => one.outcomes)}
          series={OUTCOMES.map(([name, colour]) => ({
            name,
            label: t(name),
            color: colours[colour],
          }))}
        />,
      )}
      {framed(
        "containment",
        t("containment"),
        t("containmentNote"),
        [t("period"), t("answered"), t("served"), t("again"), t("share")],
        rows((one) => [
          number(one.answered),
          number(one.outcomes.served ?? 0),
          number(one.again),
          or(percent, one.containment),
        ]),
        <Lines
          isShare
          data={points((one) => ({ containment: one.containment }))}
          series={[{ name: "containment", label: t("containment"), color: colours.green }]}
        />,
      )}
      {framed(
        "latency",
        t("latency"),
        t("latencyNote"),
        [t("period"), t("turns"), t("p50"), t("p95")],
        rows((one) => [number(one.turns), or(ms, one.latency_p50_ms), or(ms, one.latency_p95_ms)]),
        <Lines
          data={points((one) => ({ p50: one.latency_p50_ms, p95: one.latency_p95_ms }))}
          series={[
            { name: "p50", label: t("p50"), color: colours.blue },
            { name: "p95", label: t("p95"), color: colours.orange, strokeDasharray: "6 4" },
          ]}
        />,
      )}
      {framed(
        "reasons",
        t("reasons"),
        t("reasonsNote"),
        [t("reasons"), t("calls"), t("before")],
        found.reasons.map((one) => [
          one.name,
          number(one.calls),
          hasBefore ? number(one.before) : "–",
        ]),
        <Named
          nothing={t("noReasons")}
          valueFormatter={number}
          data={reasons.map((one) => ({ ...one, name: shortened(one.name) }))}
          series={[
            { name: "calls", label: t("calls"), color: colours.blue },
            ...(hasBefore ? [{ name: "before", label: t("before"), color: colours.grey }] : []),
          ]}
        />,
      )}
      {framed(
        "understanding",
        t("understanding"),
        t("understandingNote"),
        [t("step"), t("turns"), t("noMatch"), t("noInput"), t("share")],
        found.steps.map((one) => [
          one.step,
          number(one.turns),
          number(one.no_match),
          number(one.no_input),
          percent(one.share),
        ]),
        <Named
          nothing={t("nothing")}
          valueFormatter={percent}
          data={steps.map((one) => ({ ...one, name: shortened(one.step) }))}
          series={[{ name: "share", label: t("noMatch"), color: colours.orange }]}
        />,
      )}
      {framed(
        "contentment",
        t("contentment"),
        t("contentmentNote"),
        [t("period"), t("asked"), t("answers"), t("csat")],
        rows((one) => [number(one.csat_offered), number(one.csat_answers), or(percent, one.csat)]),
        found.total.csat_answers === 0 ? (
          <Text c="dimmed">{t("nothing")}</Text>
        ) : (
          <Lines
            isShare
            data={points((one) => ({ csat: one.csat }))}
            series={[{ name: "csat", label: t("csat"), color: colours.violet }]}
          />
        ),
      )}
      {framed(
        "heat",
        t("heat"),
        t("heatNote"),
        [t("weekday"), ...Array.from({ length: 24 }, (_, hour) => String(hour))],
        means.map((row, day) => [weekdays[day], ...row.map((mean) => number(mean))]),
        <HeatMap means={means} weekdays={weekdays} title={t("heat")} />,
      )}
    </SimpleGrid>
  );
}

interface Drawn {
  data: Points;
  series: Series;
}

/** What each colour means, where there are several; below the drawing, in as many lines as it takes. */
function Legend({ series }: { series: Series }) {
  if (series.length < 2) return null;
  return (
    <Group gap="xs" justify="center" mt={6}>
      {series.map(({ name, label, color }) => (
        <Group key={name} gap={6} wrap="nowrap">
          <ColorSwatch size={12} color={color} withShadow={false} />
          <Text size="xs">{label}</Text>
        </Group>
      ))}
    </Group>
  );
}

function Stacked({ data, series }: Drawn) {
  const { number } = useFormats();
  return (
    <>
      <BarChart
        h={HEIGHT}
        dataKey="period"
        tickLine="y"
        type="stacked"
        valueFormatter={number}
        data={data}
        series={series}
      />
      <Legend series={series} />
    </>
  );
}

/** Milliseconds, or shares from none to all. */
function Lines({ data, series, isShare = false }: Drawn & { isShare?: boolean }) {
  const { percent, ms } = useFormats();
  return (
    <>
      <LineChart
        h={HEIGHT}
        dataKey="period"
        tickLine="y"
        curveType="linear"
        connectNulls={false}
        withDots // a point that has no neighbour would not be seen as a line
        yAxisProps={isShare ? { domain: [0, 1] } : { width: 80 }}
        valueFormatter={isShare ? percent : ms}
        data={data}
        series={series}
      />
      <Legend series={series} />
    </>
  );
}

/** Bars that lie, each with its name. */
function Named({
  data,
  series,
  valueFormatter,
  nothing,
}: Drawn & { valueFormatter: (value: number) => string; nothing: string }) {
  if (data.length === 0) return <Text c="dimmed">{nothing}</Text>;
  return (
    <>
      <BarChart
        h={60 + data.length * (series.length > 1 ? 36 : 26)}
        orientation="vertical"
        yAxisProps={{ width: NAMES_PX, interval: 0 }}
        xAxisProps={{ allowDecimals: series[0]?.name === "share" }}
        dataKey="name"
        valueFormatter={valueFormatter}
        data={data}
        series={series}
      />
      <Legend series={series} />
    </>
  );
}

/** The end of a path says most. */
const shortened = (name: string) =>
  name.length > NAMES_LETTERS ? `…${name.slice(1 - NAMES_LETTERS)}` : name;
