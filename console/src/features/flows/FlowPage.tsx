import { Tabs } from "@mantine/core";
import { Outlet, useLocation, useNavigate, useParams } from "react-router";

import { Page } from "../../shared/Page";
import { useWordings } from "../../shared/worded";
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
