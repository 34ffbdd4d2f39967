import { useQueries, useQuery } from "@tanstack/react-query";

import { api, got, type Schemas } from "../../shared/api";
import { useLanguage } from "../../shared/texts";
import { scorecards, textIn } from "./queries";

export type Group = Schemas["GroupOut"];
export type By = Schemas["By"];
export type Over = Schemas["Over"];

export const BY = [
  "scorecard",
  "agent",
  "flow",
  "flow_version",
  "step",
  "question",
  "agent_question",
  "flow_question",
  "scorecard_version",
  "scorer",
  "day",
  "week",
  "month",
] as const satisfies readonly By[];
export const OVER = ["day", "week", "month"] as const satisfies readonly Over[];
export const TIMES: readonly string[] = OVER;
/** These count answers, the others scorings. */
export const PARTS: readonly string[] = ["question", "step", "agent_question", "flow_question"];
export const MATRICES: readonly string[] = ["agent_question", "flow_question"];
export const FOLLOWED: readonly string[] = ["scorecard", "agent", "scorer", "flow"];

/** Which scorings, as the page's address says it. */
export interface Asked {
  since: string;
  until: string;
  scorecard: string;
  agent: string;
  flow: string;
  version: string;
  scorer: string;
}

export type Ask = (part: Record<string, string>) => void;

/** What calls can be narrowed by. */
export const choices = {
  queryKey: ["calls", "choices"],
  queryFn: () => got(api.GET("/api/v1/calls/choices")),
  staleTime: 60_000,
};

/** Names of scorecards and questions as people read them; the bare name where a file has it no more. */
export function useNames() {
  const [language] = useLanguage();
  const cards = useQuery(scorecards);
  const details = useQueries({
    queries: (cards.data ?? [])
      .filter((card) => card.problems.length === 0)
      .map((card) => ({
        queryKey: ["scorecards", card.name],
        queryFn: () =>
          got(api.GET("/api/v1/scorecards/{name}", { params: { path: { name: card.name } } })),
        staleTime: 60_000,
      })),
  });
  const questions = new Map<string, string>();
  for (const { data } of details) {
    for (const question of data?.sections.flatMap((section) => section.questions) ?? []) {
      questions.set(question.name, textIn(question.ask, language));
    }
  }
  return {
    card: (name: string) =>
      textIn(cards.data?.find((card) => card.name === name)?.title, language) || name,
    question: (name: string) => questions.get(name) ?? name,
    /** As the scorecards have them; those that no file has any more at the end. */
    inOrder: (names: readonly string[]) => {
      const known = [...questions.keys()];
      const placeOf = (name: string) => (questions.has(name) ? known.indexOf(name) : known.length);
      return names.toSorted((a, b) => placeOf(a) - placeOf(b));
    },
  };
}

/** Chinese, Japanese and Korean letters take the room of two. */
const roomOf = (letter: string) => (/[\u1100-\uffef]/.test(letter) ? 2 : 1);

/** Of a text that must fit beside a picture; `most` counts narrow letters. */
export function short(text: string, most = 34): string {
  let room = 0;
  const letters = Array.from(text);
  const place = letters.findIndex((letter) => (room += roomOf(letter)) > most);
  return place < 0 ? text : `${letters.slice(0, Math.max(place - 1, 1)).join("")}…`;
}
