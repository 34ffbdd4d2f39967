import type { Role } from "../../shared/session";

export const ROLES: readonly Role[] = ["administrator", "ops", "supervisor", "agent", "auditor"];

export function asRole(value: string | null): Role {
  return ROLES.find((role) => role === value) ?? "agent";
}
