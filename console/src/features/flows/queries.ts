import { queryOptions } from "@tanstack/react-query";

import { api, got, type Schemas } from "../../shared/api";

/** What is asked about flows, by one key each, so that a change renews what shows it. */
export const allFlows = queryOptions({
  queryKey: ["flows"],
  queryFn: () => got(api.GET("/api/v1/flows")),
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
