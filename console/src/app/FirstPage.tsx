import { Navigate } from "react-router";

import { features } from "../features";
import { EmptyState } from "../shared/EmptyState";
import { may } from "../shared/feature";
import { useSession } from "../shared/session";
import { useTexts } from "./texts";

/** The first page in the menu that this person may see. */
export function FirstPage() {
  const { role } = useSession();
  const t = useTexts();
  const first = features.flatMap((feature) => feature.menu).find((item) => may(item, role));
  return first ? (
    <Navigate to={first.to} replace />
  ) : (
    <EmptyState title={t("nothingHere")}>{t("nothingHereWhy")}</EmptyState>
  );
}
