import { EmptyState } from "../shared/EmptyState";
import { useTexts } from "./texts";

/** An address that no page has. */
export function NotThere() {
  const t = useTexts();
  return <EmptyState title={t("noSuchPage")}>{t("noSuchPageWhy")}</EmptyState>;
}
