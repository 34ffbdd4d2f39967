import type { Role } from "./session";
import { makeTexts } from "./texts";

export const ROLES: readonly Role[] = ["administrator", "ops", "supervisor", "agent", "auditor"];

export function asRole(value: string | null): Role {
  return ROLES.find((role) => role === value) ?? "agent";
}

const useTexts = makeTexts("roles", {
  en: {
    administrator: "administrator",
    ops: "ops",
    supervisor: "supervisor",
    agent: "agent",
    auditor: "auditor",
  },
  zh: {
    administrator: "管理员",
    ops: "运营",
    supervisor: "主管",
    agent: "坐席",
    auditor: "审计员",
  },
});

/** What a role is called; one that isn't known, by its own name. */
export function useRoleName(): (role: string) => string {
  const t = useTexts();
  return (role) => {
    const known = ROLES.find((one) => one === role);
    return known ? t(known) : role;
  };
}
