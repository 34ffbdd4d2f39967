import { EmptyState } from "../shared/EmptyState";
import { useWindowTitle } from "../shared/windowTitle";
import { useTexts } from "./texts";

/** An address that no page has. */
export function NotThere() {
  const t = useTexts();
  useWindowTitle(t("noSuchPage"));
  return <EmptyState title={t("noSuchPage")}>{t("noSuchPageWhy")}</EmptyState>;
}
