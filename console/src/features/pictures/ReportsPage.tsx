import {
  Alert,
  Button,
  Group,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
} from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { api, got } from "../../shared/api";
import { DaysFields } from "../../shared/dates";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { Drawings } from "./Drawings";
import { askedOf, daysOf, unitFor, type Asked, type Figures, type Pictures } from "./reports";
import { useTexts } from "./texts";

const PRESETS = [7, 30, 90, 365];

/** How things go, over time. */
export function ReportsPage() {
  const t = useTexts();
  const [params, setParams] = useSearchParams();
  const asked = useMemo(() => askedOf(params, dayjs().format("YYYY-MM-DD")), [params]);
  const query = useQuery({
    queryKey: ["pictures", asked],
    queryFn: () => got(api.GET("/api/v1/pictures", { params: { query: asked } })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  const ask = (part: Partial<Asked>) => setParams({ ...asked, ...part }, { replace: true });
  return (
    <Page title={t("reports")}>
      <Filters asked={asked} ask={ask} found={query.data} />
      <Loaded query={query}>{(found) => <Found found={found} asked={asked} />}</Loaded>
    </Page>
  );
}

function Filters({
  asked,
  ask,
  found,
}: {
  asked: Asked;
  ask: (part: Partial<Asked>) => void;
  found: Pictures | undefined;
}) {
  const t = useTexts();
  const today = dayjs().format("YYYY-MM-DD");
  const { languages } = useFormats();
  const versions = (found?.versions ?? []).filter((one) => !asked.flow || one.flow === asked.flow);
  return (
    <Stack gap="xs">
      <Group gap={6} role="group" aria-label={t("last")}>
        {PRESETS.map((days) => {
          const isOn = asked.until === today && daysOf(asked) === days;
          return (
            <Button
              key={days}
              size="xs"
              variant={isOn ? "light" : "default"}
              aria-pressed={isOn}
              onClick={() =>
                ask({
                  until: today,
                  since: dayjs()
                    .subtract(days - 1, "day")
                    .format("YYYY-MM-DD"),
                  by: unitFor(days),
                })
              }
            >
              {t("days", { count: days })}
            </Button>
          );
        })}
      </Group>
      <Group gap="xs" align="flex-end">
        <DaysFields since={asked.since} until={asked.until} onChange={ask} />
        <SegmentedControl
          aria-label={t("by")}
          value={asked.by}
          onChange={(by) => ask({ by: by })}
          data={(["day", "week", "month"] as const).map((value) => ({ value, label: t(value) }))}
        />
        <Select
          label={t("flow")}
          placeholder={t("all")}
          clearable
          w={150}
          data={found?.flows ?? []}
          value={asked.flow || null}
          onChange={(flow) => ask({ flow: flow ?? "", version: "" })}
        />
        <Select
          label={t("version")}
          placeholder={t("all")}
          clearable
          w={170}
          data={[...new Set(versions.map((one) => one.version))]}
          value={asked.version || null}
          onChange={(version) => ask({ version: version ?? "" })}
        />
        <Select
          label={t("language")}
          placeholder={t("all")}
          clearable
          w={130}
          data={languages(found?.languages ?? [])}
          value={asked.language || null}
          onChange={(language) => ask({ language: language ?? "" })}
        />
      </Group>
    </Stack>
  );
}

function Found({ found, asked }: { found: Pictures; asked: Asked }) {
  const t = useTexts();
  const formats = useFormats();
  if (found.total.calls + found.total.outbound === 0) {
    return (
      <EmptyState title={t("none")}>
        {found.first_ever
          ? `${t("noneWhy")} ${t("begins", { first: formats.day(found.first_ever) })}`
          : t("noneEver")}
      </EmptyState>
    );
  }
  return (
    <Stack gap="md">
      {found.waiting && <Alert color="blue">{t("waiting")}</Alert>}
      <Text size="sm" c="dimmed">
        {found.before
          ? t("zone", {
              zone: found.zone,
              first: formats.day(found.before_first),
              last: formats.day(found.before_last),
            })
          : t("zoneAlone", {
              zone: found.zone,
              first: found.first_ever ? formats.day(found.first_ever) : "–",
            })}
        {found.periods.some((period) => period.partial) && ` ${t("partialNote")}`}
      </Text>
      <Tiles now={found.total} before={found.before ?? null} />
      <Drawings found={found} asked={asked} />
    </Stack>
  );
}

function Tiles({ now, before }: { now: Figures; before: Figures | null }) {
  const t = useTexts();
  const formats = useFormats();
  const tiles: [string, keyof Figures, (value: number) => string][] = [
    [t("calls"), "calls", formats.number],
    [t("containment"), "containment", formats.percent],
    [t("p50"), "latency_p50_ms", formats.ms],
    [t("p95"), "latency_p95_ms", formats.ms],
    [t("noMatch"), "no_match", formats.percent],
    [t("csat"), "csat", formats.percent],
    [t("duration"), "duration_s", formats.duration],
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 4, lg: 7 }} spacing="xs">
      {tiles.map(([label, key, shown]) => {
        const value = now[key] as number | null;
        const past = before?.[key] as number | null | undefined;
        const change =
          typeof value === "number" && typeof past === "number" && past
            ? formats.percent(value / past - 1)
            : "";
        return (
          <Paper key={key} withBorder p="sm">
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text fw={700} size="xl">
              {typeof value === "number" ? shown(value) : "–"}
            </Text>
            {change && (
              <Text size="xs" c="dimmed">
                {t("change", { change: change.startsWith("-") ? change : `+${change}` })}
              </Text>
            )}
          </Paper>
        );
      })}
    </SimpleGrid>
  );
}
