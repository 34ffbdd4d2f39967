import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { Filters } from "./queries";

/** What isn't a filter but an order. */
const ORDER = new Set(["sort", "ascending"]);

/** The filters of the list live in its address: it can be kept, sent, and gone back to. */
export function useFilters() {
  const [params, setParams] = useSearchParams();
  const filters = useMemo<Filters>(() => Object.fromEntries(params), [params]);
  const change = useCallback(
    (changes: Record<string, string | null>) =>
      setParams((before) => changed(before, changes), { replace: true }),
    [setParams],
  );
  const clear = useCallback(() => setParams({}), [setParams]);
  return { filters, change, clear, count: countOf(filters) };
}

export function changed(
  before: URLSearchParams,
  changes: Record<string, string | null>,
): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [name, value] of Object.entries(changes)) {
    if (value) after.set(name, value);
    else after.delete(name);
  }
  return after;
}

export const countOf = (filters: Filters): number =>
  Object.keys(filters).filter((name) => !ORDER.has(name)).length;

/** The words of a search that a transcript can show, folded as they are compared. */
export function wordsOf(query: string): Set<string> {
  const bare = query
    .replace(/(^|\s)-\S+/g, " ")
    .replace(/(^|\s)(?!by-)[a-z-]+:("[^"]*"|\S+)/g, " ")
    .replace(/\bby-[a-z]+:/g, " ")
    .replace(/\b(OR|NEAR(\/\d+)?)\b/g, " ");
  return new Set(bare.split(/\s+/).map(folded).filter(Boolean));
}

export const folded = (word: string): string =>
  word
    .normalize("NFKD")
    .replace(/[\p{M}\p{P}\p{S}]/gu, "")
    .toLowerCase();
