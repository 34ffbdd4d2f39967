import { Center, Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, lazy, Suspense, use, useEffect, type ReactNode } from "react";

import { ApiError, onSessionOver, useCsrfToken } from "./api";
import { Broken } from "./Broken";

export type Role = "administrator" | "ops" | "supervisor" | "agent" | "auditor";

/** Who is signed in. */
export interface Session {
  name: string;
  display_name: string;
  role: Role;
  language: string;
  csrf: string;
}

const SESSION = "/api/v1/session";
const Context = createContext<(Session & { signOut: () => Promise<void> }) | null>(null);
const SignIn = lazy(() => import("../features/sign-in/SignIn"));

/** Whoever is signed in; only below a `SessionGate`. */
export function useSession() {
  const session = use(Context);
  if (!session) throw new Error("useSession outside of a SessionGate");
  return session;
}

/** Shows what is inside to whoever is signed in, and to everybody else the way in. */
export function SessionGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data, error, isPending } = useQuery({ queryKey: ["session"], queryFn: readSession });
  useCsrfToken(data?.csrf ?? "");
  useEffect(
    () => onSessionOver(() => void queries.invalidateQueries({ queryKey: ["session"] })),
    [queries],
  );
  if (isPending) {
    return (
      <Center h="100vh">
        <Loader />
      </Center>
    );
  }
  if (error) return <Broken error={error} />;
  if (!data) {
    return (
      <Suspense fallback={null}>
        <SignIn onSignedIn={(session) => queries.setQueryData(["session"], session)} />
      </Suspense>
    );
  }
  const signOut = async () => {
    await fetch(SESSION, { method: "DELETE", headers: { "X-CSRF-Token": data.csrf } });
    queries.clear();
    queries.setQueryData(["session"], null);
  };
  return <Context value={{ ...data, signOut }}>{children}</Context>;
}

async function readSession(): Promise<Session | null> {
  const answer = await fetch(SESSION);
  if (answer.status === 401) return null;
  if (!answer.ok) throw new ApiError(answer.status, "unknown", answer.statusText);
  return (await answer.json()) as Session;
}

/** Sign in; a refusal is thrown as an `ApiError` that says why. */
export async function signIn(name: string, password: string): Promise<Session> {
  const answer = await fetch(SESSION, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, password }),
  });
  const told = (await answer.json()) as Session & { code: string; message: string };
  if (!answer.ok) throw new ApiError(answer.status, told.code, told.message);
  return told;
}
