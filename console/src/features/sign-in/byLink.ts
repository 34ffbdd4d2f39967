import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { sessionKey, type Session } from "../../shared/session";

/** What stands behind # in a one-time link; browsers send it to nobody. */
export function secretOfAddress(): string {
  return decodeURIComponent(location.hash.slice(1));
}

/** Goes to the first page as whoever a one-time link has made them. */
export function useEntered(): (session: Session) => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (session) => {
    queries.setQueryData(sessionKey, session);
    void navigate("/", { replace: true });
  };
}
