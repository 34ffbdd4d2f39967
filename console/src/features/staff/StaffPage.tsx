import { Tabs } from "@mantine/core";
import { useSearchParams } from "react-router";

import { Page } from "../../shared/Page";
import { People } from "./People";
import { useTexts } from "./texts";
import { Tokens } from "./Tokens";

/** Who may use this: people, and programs. */
export function StaffPage() {
  const t = useTexts();
  const [asked, setAsked] = useSearchParams();
  return (
    <Page title={t("staff")}>
      <Tabs
        value={asked.get("tab") ?? "people"}
        onChange={(tab) => setAsked(tab === "tokens" ? { tab } : {}, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="people">{t("people")}</Tabs.Tab>
          <Tabs.Tab value="tokens">{t("tokens")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people" pt="md">
          <People />
        </Tabs.Panel>
        <Tabs.Panel value="tokens" pt="md">
          <Tokens />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
