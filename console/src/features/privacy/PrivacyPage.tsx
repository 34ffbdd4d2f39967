import { Tabs } from "@mantine/core";
import { useSearchParams } from "react-router";

import { Page } from "../../shared/Page";
import { Holds } from "./Holds";
import { Person } from "./Person";
import { Retention } from "./Retention";
import { useTexts } from "./texts";

/** A person's data, what must be kept, and how long the rest is. */
export function PrivacyPage() {
  const t = useTexts();
  const [asked, setAsked] = useSearchParams();
  return (
    <Page title={t("privacy")}>
      <Tabs
        value={asked.get("tab") ?? "person"}
        onChange={(tab) => setAsked(tab && tab !== "person" ? { tab } : {}, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="person">{t("person")}</Tabs.Tab>
          <Tabs.Tab value="holds">{t("holds")}</Tabs.Tab>
          <Tabs.Tab value="retention">{t("retention")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="person" pt="md">
          <Person />
        </Tabs.Panel>
        <Tabs.Panel value="holds" pt="md">
          <Holds />
        </Tabs.Panel>
        <Tabs.Panel value="retention" pt="md">
          <Retention />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
