import { useSession } from "../../shared/session";

/** Whether this person may change what callers hear; the API decides it once more. */
export function useMayEdit(): boolean {
  const { role } = useSession();
  return role === "administrator" || role === "ops";
}
