import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, got, type Schemas } from "../../shared/api";

export type CallLine = Schemas["CallLine"];
export type Segment = Schemas["SegmentOut"];
export type Speaker = Schemas["SpeakerOut"];
export type Marker = Schemas["MarkerOut"];
export type Comment = Schemas["CommentOut"];
export type Passages = Schemas["PassagesOut"];
/** What the address of the list says, which is what the API is asked. */
export type Filters = Record<string, string>;

const path = (call: string) => ({ params: { path: { call_id: call } } });

export const callsFound = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: ["calls", "found", filters],
    queryFn: ({ pageParam }) =>
      got(
        api.GET("/api/v1/calls", {
          // The API reads numbers and yes or no out of texts, and says what is wrong with them.
          params: { query: { ...filters, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });

/** Where the words of a search stand in some calls. */
export const passagesIn = (calls: readonly string[], q: string) =>
  queryOptions({
    queryKey: ["calls", "passages", q, calls],
    queryFn: () =>
      got(api.GET("/api/v1/calls/passages", { params: { query: { q, call: [...calls] } } })),
    staleTime: Infinity,
    retry: false,
  });

export const choices = queryOptions({
  queryKey: ["calls", "choices"],
  queryFn: () => got(api.GET("/api/v1/calls/choices")),
  staleTime: 60_000,
});

export const savedSearches = queryOptions({
  queryKey: ["saved-searches"],
  queryFn: () => got(api.GET("/api/v1/saved-searches")),
});

export const oneCall = (call: string) =>
  queryOptions({
    queryKey: ["calls", call],
    queryFn: () => got(api.GET("/api/v1/calls/{call_id}", path(call))),
  });

/**
 * `reason`: why the original is needed, of which the audit log takes note; empty: as it is shown.
 * `q`: a search, whose words are marked.
 */
export const transcriptOf = (call: string, reason: string, q: string) =>
  queryOptions({
    queryKey: ["calls", call, "transcript", reason, q],
    // The client's types make lists of triples.
    queryFn: async () =>
      (await got(
        api.GET("/api/v1/calls/{call_id}/transcript", {
          params: {
            path: { call_id: call },
            query: { ...(reason ? { original: true, reason } : {}), ...(q ? { q } : {}) },
          },
        }),
      )) as Schemas["TranscriptOut"],
    placeholderData: (before) => before,
  });

export const markersOf = (call: string) =>
  queryOptions({
    queryKey: ["calls", call, "markers"],
    queryFn: () => got(api.GET("/api/v1/calls/{call_id}/markers", path(call))),
  });

export const waveformOf = (call: string) =>
  queryOptions({
    queryKey: ["calls", call, "waveform"],
    queryFn: () => got(api.GET("/api/v1/calls/{call_id}/waveform", path(call))),
    staleTime: Infinity,
  });

export const consentOf = (call: string) =>
  queryOptions({
    queryKey: ["calls", call, "consent"],
    queryFn: () => got(api.GET("/api/v1/calls/{call_id}/consent", path(call))),
    staleTime: 60_000,
  });

export const commentsOf = (call: string) =>
  queryOptions({
    queryKey: ["calls", call, "comments"],
    queryFn: () => got(api.GET("/api/v1/calls/{call_id}/comments", path(call))),
  });

/**
 * Why a recording can't be played at `share` of its length: the API knows, the browser doesn't.
 * Empty when there is nothing wrong with it.
 */
export async function troubleOfSound(call: string, reason: string, share: number): Promise<string> {
  const asked = async (first: number) => {
    const range = `bytes=${first}-${first + 1}`;
    const answer = await fetch(soundOf(call, reason), { headers: { Range: range } });
    if (answer.ok) return { size: Number(answer.headers.get("Content-Range")?.split("/")[1] ?? 0) };
    const told = (await answer.json()) as Partial<Schemas["Trouble"]>;
    return { size: 0, trouble: told.message ?? answer.statusText };
  };
  try {
    const { size, trouble } = await asked(0);
    if (trouble !== undefined || size < 2) return trouble ?? "";
    return (await asked(Math.min(size - 2, Math.floor(size * share)))).trouble ?? "";
  } catch {
    return ""; // no connection: the page says that by itself
  }
}

export function soundOf(call: string, reason: string): string {
  const path = `/api/v1/calls/${encodeURIComponent(call)}/recording`;
  return reason ? `${path}?${new URLSearchParams({ original: "true", reason }).toString()}` : path;
}
