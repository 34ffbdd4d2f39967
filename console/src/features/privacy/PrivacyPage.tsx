import { TabbedPage } from "../../shared/TabbedPage";
import { Holds } from "./Holds";
import { Person } from "./Person";
import { Retention } from "./Retention";
import { useTexts } from "./texts";

/** A person's data, what must be kept, and how long the rest is. */
export function PrivacyPage() {
  const t = useTexts();
  return (
    <TabbedPage
      title={t("privacy")}
      tabs={[
        { value: "person", label: t("person"), content: <Person /> },
        { value: "holds", label: t("holds"), content: <Holds /> },
        { value: "retention", label: t("retention"), content: <Retention /> },
      ]}
    />
  );
}
