import { EmptyState } from "../shared/EmptyState";
import type { MenuItem } from "../shared/feature";
import { useRoleName } from "../shared/roles";
import { useSession } from "../shared/session";
import { useWindowTitle } from "../shared/windowTitle";
import { useTexts } from "./texts";

/** A page that this person's role may not open: sent by somebody whose role may. */
export function NotForYou({ page }: { page: MenuItem }) {
  const t = useTexts();
  const named = useRoleName();
  const { role } = useSession();
  const name = page.useLabel();
  useWindowTitle(name);
  return (
    <EmptyState title={t("notForYou", { page: name })}>
      {t("notForYouWhy", { role: named(role), roles: page.roles.map(named).join(", ") })}
    </EmptyState>
  );
}
