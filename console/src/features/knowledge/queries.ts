import { queryOptions } from "@tanstack/react-query";

import { api, got } from "../../shared/api";

export const allKnowledge = queryOptions({
  queryKey: ["knowledge"],
  queryFn: () => got(api.GET("/api/v1/knowledge")),
});
