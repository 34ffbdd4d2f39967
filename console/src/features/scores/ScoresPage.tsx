import { Tabs } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import dayjs from "dayjs";
import { useSearchParams } from "react-router";

import { Page } from "../../shared/Page";
import { useSession } from "../../shared/session";
import { BY, OVER, type Asked } from "./asked";
import { Filters } from "./Filters";
import { Results } from "./Results";
import { ScoreList } from "./ScoreList";
import { useTexts } from "./texts";
import { ToScore } from "./ToScore";

const TABS = ["results", "list", "next"] as const;
const USUAL_DAYS = 89;

/** What scoring came to, every finished scoring, and what is to be scored next. */
export function ScoresPage() {
  const t = useTexts();
  const { role } = useSession();
  const [params, setParams] = useSearchParams();
  const of = (key: string) => params.get(key) ?? "";
  const asked: Asked = {
    since: of("since") || dayjs().subtract(USUAL_DAYS, "day").format("YYYY-MM-DD"),
    until: of("until") || dayjs().format("YYYY-MM-DD"),
    scorecard: of("scorecard"),
    agent: of("agent"),
    flow: of("flow"),
    version: of("version"),
    scorer: of("scorer"),
  };
  const by = BY.find((one) => one === of("by")) ?? "agent";
  const over = OVER.find((one) => one === of("over")) ?? "";
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
  const mayScore = role === "administrator" || role === "supervisor";
  return (
    <Page title={t("scores")}>
      <Filters asked={asked} ask={ask} />
      <Tabs
        value={TABS.find((tab) => tab === of("tab") && (mayScore || tab !== "next")) ?? "results"}
        onChange={(tab) => ask({ tab: tab === "results" ? "" : (tab ?? "") })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="results">{t("results")}</Tabs.Tab>
          <Tabs.Tab value="list">{t("list")}</Tabs.Tab>
          {mayScore && <Tabs.Tab value="next">{t("toScore")}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="results" pt="md">
          <Results asked={settled} by={by} over={over} ask={ask} />
        </Tabs.Panel>
        <Tabs.Panel value="list" pt="md">
          <ScoreList asked={settled} />
        </Tabs.Panel>
        {mayScore && (
          <Tabs.Panel value="next" pt="md">
            <ToScore asked={settled} />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  );
}
