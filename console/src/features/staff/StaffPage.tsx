import { TabbedPage } from "../../shared/TabbedPage";
import { People } from "./People";
import { useTexts } from "./texts";
import { Tokens } from "./Tokens";

/** Who may use this: people, and programs. */
export function StaffPage() {
  const t = useTexts();
  return (
    <TabbedPage
      title={t("staff")}
      tabs={[
        { value: "people", label: t("people"), content: <People /> },
        { value: "tokens", label: t("tokens"), content: <Tokens /> },
      ]}
    />
  );
}
