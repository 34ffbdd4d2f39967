import { Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

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
  if (query.error) return <Broken error={query.error} retry={() => void query.refetch()} />;
  return <Loader m="lg" role="status" aria-label={t("loading")} />;
}
