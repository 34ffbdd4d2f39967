import { api, got, type Schemas } from "../../shared/api";

export type Scoring = Schemas["ScoringOut"];
export type Question = Schemas["QuestionOut"];
export type Answer = Schemas["AnswerIn"];
export type Answers = Record<string, Answer>;

export const scorecards = {
  queryKey: ["scorecards"],
  queryFn: () => got(api.GET("/api/v1/scorecards")),
};

export const scoringsOf = (call: string) => ({
  queryKey: ["scorings", call],
  queryFn: () =>
    got(api.GET("/api/v1/calls/{call_id}/scorings", { params: { path: { call_id: call } } })),
  refetchOnWindowFocus: false,
  staleTime: Infinity,
});

const at = (id: number) => ({ params: { path: { scoring_id: id } } });

export const begin = (call: string, scorecard: string) =>
  got(
    api.POST("/api/v1/calls/{call_id}/scorings", {
      params: { path: { call_id: call } },
      body: { scorecard },
    }),
  );
export const read = (id: number) => got(api.GET("/api/v1/scorings/{scoring_id}", at(id)));
export const save = (id: number, revision: number, answers: Answers, comment: string) =>
  got(
    api.PUT("/api/v1/scorings/{scoring_id}", {
      ...at(id),
      body: { revision, answers, comment },
    }),
  );
export const change = (what: "finish" | "reopen" | "renew", id: number, revision: number) => {
  const asked = { ...at(id), body: { revision } };
  if (what === "finish") return got(api.POST("/api/v1/scorings/{scoring_id}/finish", asked));
  if (what === "reopen") return got(api.POST("/api/v1/scorings/{scoring_id}/reopen", asked));
  return got(api.POST("/api/v1/scorings/{scoring_id}/renew", asked));
};
export const discard = (id: number, revision: number) =>
  api.DELETE("/api/v1/scorings/{scoring_id}", {
    params: { path: { scoring_id: id }, query: { revision } },
  });

/** The text in this language, or in the first that there is. */
export const textIn = (texts: Record<string, string> | null | undefined, language: string) =>
  texts?.[language] ?? Object.values(texts ?? {})[0] ?? "";
