import { Anchor, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useParams } from "react-router";

import { EmptyState } from "../../shared/EmptyState";
import { Page } from "../../shared/Page";
import { useWordings } from "../../shared/worded";
import { allFlows } from "./queries";
import { useTexts } from "./texts";

const TABS = ["graph", "edit", "try", "tests", "replay", "versions"] as const;

/** One flow, from each of its sides. */
export function FlowPage() {
  const t = useTexts();
  useWordings();
  const { flow = "" } = useParams();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const last = pathname.split("/")[3] ?? "graph";
  const flows = useQuery(allFlows);
  const isThere = !flows.data || flows.isFetching || flows.data.some((one) => one.name === flow);
  if (!isThere) {
    return (
      <Page title={flow}>
        <EmptyState title={t("noFlow", { flow })}>
          <Anchor component={Link} to="/flows">
            {t("allFlows")}
          </Anchor>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title={flow}>
      <Tabs
        value={last || "graph"}
        onChange={(tab) => void navigate(`/flows/${flow}${tab === "graph" ? "" : `/${tab ?? ""}`}`)}
      >
        <Tabs.List>
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(tab)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Outlet key={flow} />
    </Page>
  );
}

/** The flow that the address names. */
export function useFlowName(): string {
  return useParams().flow ?? "";
}
