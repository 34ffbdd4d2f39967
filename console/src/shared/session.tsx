import { Center, Loader, useMantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  lazy,
  Suspense,
  use,
  useEffect,
  useEffectEvent,
  useState,
  type ReactNode,
} from "react";

import { api, ApiError, got, onSessionOver, setCsrfToken, type Schemas } from "./api";
import { Broken } from "./Broken";
import { useLanguage } from "./texts";

/** Who is signed in. */
export type Session = Schemas["SessionOut"];
export type Role = Session["role"];

export const sessionKey = ["session"];
const Context = createContext<(Session & { signOut: () => Promise<void> }) | null>(null);
const SignIn = lazy(() => import("../features/sign-in/SignIn"));
const SignInAgain = lazy(() => import("../features/sign-in/SignInAgain"));
const MustChange = lazy(() => import("../features/account/MustChange"));

/** Whoever is signed in; only below a `SessionGate`. */
export function useSession() {
  const session = use(Context);
  if (!session) throw new Error("useSession outside of a SessionGate");
  return session;
}

/**
 * Shows what is inside to whoever is signed in, and to everybody else the way in. When a session
 * ends in the middle of work, the page stays, and the way in stands over it.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: Infinity });
  const present = query.data ?? null;
  const [last, setLast] = useState<Session | null>(null);
  if (present && present !== last) setLast(present);
  setCsrfToken(present?.csrf ?? "");
  useLooks(present);
  useEffect(() => onSessionOver(() => queries.setQueryData(sessionKey, null)), [queries]);
  const enter = (session: Session) => {
    const isSomebodyElse = last !== null && last.name !== session.name;
    if (isSomebodyElse) queries.clear();
    queries.setQueryData(sessionKey, session);
    if (!isSomebodyElse) {
      void queries.invalidateQueries({ predicate: (each) => each.queryKey[0] !== "session" });
    }
  };
  if (query.isPending) {
    return (
      <Center h="100vh">
        <Loader />
      </Center>
    );
  }
  if (query.error) return <Broken error={query.error} retry={() => void query.refetch()} />;
  const shown = present ?? last;
  if (!shown) {
    return (
      <Suspense fallback={null}>
        <SignIn onSignedIn={enter} />
      </Suspense>
    );
  }
  if (shown.must_change) {
    return (
      <Suspense fallback={null}>
        <MustChange />
      </Suspense>
    );
  }
  const signOut = async () => {
    await api.DELETE("/api/v1/session").catch(() => undefined); // over already: as good
    setLast(null);
    queries.clear();
    queries.setQueryData(sessionKey, null);
  };
  return (
    <Context value={{ ...shown, signOut }}>
      {children}
      {!present && (
        <Suspense fallback={null}>
          <SignInAgain name={shown.name} onSignedIn={enter} />
        </Suspense>
      )}
    </Context>
  );
}

/** Language and theme follow the person to every browser, from when they sign in. */
function useLooks(session: Session | null) {
  const [, setLanguage] = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const follow = useEffectEvent((person: Session) => {
    setLanguage(person.language);
    setColorScheme(person.theme);
  });
  const name = session?.name;
  useEffect(() => {
    if (session) follow(session);
    // Only when somebody comes in: what they choose afterwards is kept by whoever changes it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name]);
}

async function readSession(): Promise<Session | null> {
  try {
    return await got(api.GET("/api/v1/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
