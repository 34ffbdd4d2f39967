import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";

import { Page } from "./Page";

export interface Tab {
  value: string;
  label: string;
  content: ReactNode;
}

/** A page of several, of which the address says which one is open; the first has no name there. */
export function TabbedPage({
  title,
  actions,
  tabs,
}: {
  title: string;
  actions?: ReactNode;
  tabs: readonly [Tab, ...Tab[]];
}) {
  const [asked, setAsked] = useSearchParams();
  const [first] = tabs;
  const open = tabs.find((tab) => tab.value === asked.get("tab")) ?? first;
  return (
    <Page title={title} part={open === first ? undefined : open.label} actions={actions}>
      <Tabs
        value={open.value}
        onChange={(tab) => setAsked(tab && tab !== first.value ? { tab } : {}, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {tabs.map((tab) => (
            <Tabs.Tab key={tab.value} value={tab.value}>
              {tab.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((tab) => (
          <Tabs.Panel key={tab.value} value={tab.value} pt="md">
            {tab.content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
