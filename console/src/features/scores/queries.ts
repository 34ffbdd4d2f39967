import { api, got, type Schemas } from "../../shared/api";

export type Scoring = Schemas["ScoringOut"];
export type Question = Schemas["QuestionOut"];
export type Answer = Schemas["AnswerIn"];
export type Answers = Record<string, Answer>;
/** What somebody typed and clicked. */
export interface Draft {
  answers: Answers;
  comment: string;
}

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

/** What to do when somebody else has begun: refuse, begin one's own beside it, or go on with it. */
export type IfTaken = Schemas["IfTaken"];
export const begin = (call: string, scorecard: string, if_taken: IfTaken = "refuse") =>
  got(
    api.POST("/api/v1/calls/{call_id}/scorings", {
      params: { path: { call_id: call } },
      body: { scorecard, if_taken },
    }),
  );
export const read = (id: number) => got(api.GET("/api/v1/scorings/{scoring_id}", at(id)));
/** `keepalive`: also when the page is being left. */
export const save = (id: number, revision: number, draft: Draft, keepalive = false) =>
  got(
    api.PUT("/api/v1/scorings/{scoring_id}", {
      ...at(id),
      body: { revision, ...draft },
      keepalive,
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

export const desk = {
  queryKey: ["score-desk"],
  queryFn: () => got(api.GET("/api/v1/scores/desk")),
};

/** The text in this language, or in the first that there is. */
export const textIn = (texts: Record<string, string> | null | undefined, language: string) =>
  texts?.[language] ?? Object.values(texts ?? {})[0] ?? "";
