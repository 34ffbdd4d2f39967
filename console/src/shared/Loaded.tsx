import { Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ApiError } from "./api";
import { Broken } from "./Broken";
import { makeTexts } from "./texts";

const useTexts = makeTexts("loaded", { en: { loading: "Loading" }, zh: { loading: "加载中" } });

/** What a query found; while it looks, that it does; when it can't, why, and another try. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const t = useTexts();
  if (query.data !== undefined) return <>{children(query.data)}</>;
  // Whoever signs in again, over this page, has it looked for anew.
  const isSessionOver = query.error instanceof ApiError && query.error.status === 401;
  if (query.error && !isSessionOver)
    return <Broken error={query.error} retry={() => void query.refetch()} />;
  return <Loader m="lg" role="status" aria-label={t("loading")} />;
}
