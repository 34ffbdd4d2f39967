import { queryOptions } from "@tanstack/react-query";

import { api, got, type Schemas } from "../../shared/api";

/** What is asked about flows, by one key each, so that a change renews what shows it. */
export const allFlows = queryOptions({
  queryKey: ["flows"],
  queryFn: () => got(api.GET("/api/v1/flows")),
  refetchInterval: ({ state }) => (state.data?.some(isComing) ? SOON_MS : false),
});
const SOON_MS = 1000;

/** Published, and not yet what the engine runs. */
export function isComing({ live, engine }: Schemas["FlowOut"]): boolean {
  return live > 0 && engine !== null && engine.runs < live && !engine.trouble;
}

export const testFileOf = (flow: string) =>
  queryOptions({
    queryKey: ["flows", flow, "test-file"],
    queryFn: () => got(api.GET("/api/v1/flows/{flow}/test-file", { params: { path: { flow } } })),
  });

export const versionText = (flow: string, number: number) =>
  queryOptions({
    queryKey: ["flows", flow, "versions", number],
    queryFn: () =>
      got(
        api.GET("/api/v1/flows/{flow}/versions/{number}", { params: { path: { flow, number } } }),
      ),
    staleTime: Infinity,
  });

export const draftOf = (flow: string) =>
  queryOptions({
    queryKey: ["flows", flow, "draft"],
    queryFn: () => got(api.GET("/api/v1/flows/{flow}/draft", { params: { path: { flow } } })),
  });

export const versionsOf = (flow: string) =>
  queryOptions({
    queryKey: ["flows", flow, "versions"],
    queryFn: () => got(api.GET("/api/v1/flows/{flow}/versions", { params: { path: { flow } } })),
  });

export const diffOf = (flow: string, before: string, after: string) =>
  queryOptions({
    queryKey: ["flows", flow, "diff", before, after],
    // The client's types make lists of pairs.
    queryFn: async () =>
      (await got(
        api.GET("/api/v1/flows/{flow}/diff", {
          params: { path: { flow }, query: { before, after } },
        }),
      )) as Schemas["VersionDiff"],
  });

export const pictureOf = (flow: string, source: string, days: number, language: string) =>
  queryOptions({
    queryKey: ["flows", flow, "picture", source, days, language],
    queryFn: () =>
      got(
        api.GET("/api/v1/flows/{flow}/picture", {
          params: { path: { flow }, query: { source, days, language } },
        }),
      ),
  });
