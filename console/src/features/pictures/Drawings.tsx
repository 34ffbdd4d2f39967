import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import { SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { useFormats } from "../../shared/formats";
import { colours, Picture } from "../../shared/Picture";
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

/** Every picture of a time. */
export function Drawings({ found, asked }: { found: Pictures; asked: Asked }) {
  const t = useTexts();
  const [language] = useLanguage();
  const formats = useFormats();
  const { number, percent } = formats;
  const or = (shown: (value: number) => string, value: number | null) =>
    value === null ? "–" : shown(value);
  const ms = (value: number) => `${number(Math.round(value))} ms`;
  const frame = (picture: string) => ({
    name: `${picture}-${found.first}-${found.last}`,
    fileOf: (format: "csv" | "xlsx") =>
      `/api/v1/pictures/file?${new URLSearchParams({ ...asked, picture, format }).toString()}`,
  });
  const byPeriod = (cells: (figures: Figures) => ReactNode[]) =>
    found.periods.map((one) => [labelOf(one, asked.by, language), ...cells(one.figures)]);
  const points = (values: (figures: Figures) => Record<string, number | null>) =>
    found.periods.map((one) => ({
      period: labelOf(one, asked.by, language),
      ...values(one.figures),
    }));
  const common = {
    h: HEIGHT,
    dataKey: "period",
    tickLine: "y",
    withLegend: true,
    legendProps: { position: "bottom" as const },
  } as const;
  // Points that have no neighbour would not be seen as a line.
  const line = { curveType: "linear", connectNulls: false, withDots: true } as const;
  const weekdays = weekdaysIn(language);
  const means = meansOf(found.heat);
  const reasons = found.reasons.slice(0, MOST_BARS);
  const steps = found.steps.filter((one) => one.no_match > 0 && one.turns > 0).slice(0, MOST_BARS);
  const hasBefore = found.before !== null;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <Picture
        {...frame("volume")}
        title={t("volume")}
        columns={[t("period"), t("calls"), t("answered"), t("outbound"), t("duration")]}
        rows={byPeriod((one) => [
          number(one.calls),
          number(one.answered),
          number(one.outbound),
          or(formats.duration, one.duration_s),
        ])}
      >
        <BarChart
          {...common}
          type="stacked"
          valueFormatter={number}
          data={points((one) => ({ answered: one.answered, missed: one.calls - one.answered }))}
          series={[
            { name: "answered", label: t("answered"), color: colours.blue },
            { name: "missed", label: t("notAnswered"), color: colours.grey },
          ]}
        />
      </Picture>
      <Picture
        {...frame("outcomes")}
        title={t("outcomes")}
        columns={[t("period"), t("calls"), ...OUTCOMES.map(([outcome]) => t(outcome))]}
        rows={byPeriod((one) => [
          number(one.calls),
          ...OUTCOMES.map(([outcome]) => number(one.outcomes[outcome] ?? 0)),
        ])}
      >
        <BarChart
          {...common}
          h={HEIGHT + 80} // seven names below it
          type="stacked"
          valueFormatter={number}
          data={points((one) => one.outcomes)}
          series={OUTCOMES.map(([name, colour]) => ({
            name,
            label: t(name),
            color: colours[colour],
          }))}
        />
      </Picture>
      <Picture
        {...frame("containment")}
        title={t("containment")}
        note={t("containmentNote")}
        columns={[t("period"), t("answered"), t("served"), t("again"), t("share")]}
        rows={byPeriod((one) => [
          number(one.answered),
          number(one.outcomes.served ?? 0),
          number(one.again),
          or(percent, one.containment),
        ])}
      >
        <LineChart
          {...common}
          {...line}
          withLegend={false}
          yAxisProps={{ domain: [0, 1] }}
          valueFormatter={percent}
          data={points((one) => ({ containment: one.containment }))}
          series={[{ name: "containment", label: t("containment"), color: colours.green }]}
        />
      </Picture>
      <Picture
        {...frame("latency")}
        title={t("latency")}
        note={t("latencyNote")}
        columns={[t("period"), t("turns"), t("p50"), t("p95")]}
        rows={byPeriod((one) => [
          number(one.turns),
          or(ms, one.latency_p50_ms),
          or(ms, one.latency_p95_ms),
        ])}
      >
        <LineChart
          {...common}
          {...line}
          valueFormatter={ms}
          yAxisProps={{ width: 80 }}
          data={points((one) => ({ p50: one.latency_p50_ms, p95: one.latency_p95_ms }))}
          series={[
            { name: "p50", label: t("p50"), color: colours.blue },
            { name: "p95", label: t("p95"), color: colours.orange, strokeDasharray: "6 4" },
          ]}
        />
      </Picture>
      <Picture
        {...frame("reasons")}
        title={t("reasons")}
        note={t("reasonsNote")}
        columns={[t("reasons"), t("calls"), t("before")]}
        rows={found.reasons.map((one) => [
          one.name,
          number(one.calls),
          hasBefore ? number(one.before) : "–",
        ])}
      >
        {reasons.length === 0 ? (
          <Text c="dimmed">{t("noReasons")}</Text>
        ) : (
          <BarChart
            h={60 + reasons.length * (hasBefore ? 36 : 26)}
            orientation="vertical"
            yAxisProps={{ width: NAMES_PX, interval: 0 }}
            dataKey="name"
            valueFormatter={number}
            withLegend={hasBefore}
            legendProps={{ position: "bottom" }}
            data={reasons.map((one) => ({ ...one, name: shortened(one.name) }))}
            series={[
              { name: "calls", label: t("calls"), color: colours.blue },
              ...(hasBefore ? [{ name: "before", label: t("before"), color: colours.grey }] : []),
            ]}
          />
        )}
      </Picture>
      <Picture
        {...frame("understanding")}
        title={t("understanding")}
        note={t("understandingNote")}
        columns={[t("step"), t("turns"), t("noMatch"), t("noInput"), t("share")]}
        rows={found.steps.map((one) => [
          one.step,
          number(one.turns),
          number(one.no_match),
          number(one.no_input),
          percent(one.share),
        ])}
      >
        {steps.length === 0 ? (
          <Text c="dimmed">{t("nothing")}</Text>
        ) : (
          <BarChart
            h={60 + steps.length * 26}
            orientation="vertical"
            yAxisProps={{ width: NAMES_PX, interval: 0 }}
            dataKey="step"
            valueFormatter={percent}
            data={steps.map((one) => ({ ...one, step: shortened(one.step) }))}
            series={[{ name: "share", label: t("noMatch"), color: colours.orange }]}
          />
        )}
      </Picture>
      <Picture
        {...frame("contentment")}
        title={t("contentment")}
        note={t("contentmentNote")}
        columns={[t("period"), t("asked"), t("answers"), t("csat")]}
        rows={byPeriod((one) => [
          number(one.csat_offered),
          number(one.csat_answers),
          or(percent, one.csat),
        ])}
      >
        {found.total.csat_answers === 0 ? (
          <Text c="dimmed">{t("nothing")}</Text>
        ) : (
          <LineChart
            {...common}
            {...line}
            withLegend={false}
            yAxisProps={{ domain: [0, 1] }}
            valueFormatter={percent}
            data={points((one) => ({ csat: one.csat }))}
            series={[{ name: "csat", label: t("csat"), color: colours.violet }]}
          />
        )}
      </Picture>
      <Picture
        {...frame("heat")}
        title={t("heat")}
        note={t("heatNote")}
        columns={[t("weekday"), ...Array.from({ length: 24 }, (_, hour) => String(hour))]}
        rows={means.map((row, day) => [weekdays[day], ...row.map((mean) => number(mean))])}
      >
        <HeatMap means={means} weekdays={weekdays} title={t("heat")} />
      </Picture>
    </SimpleGrid>
  );
}

const shortened = (name: string) => (name.length > 26 ? `…${name.slice(-25)}` : name);
