import { answersOf, NONE } from "./answers";
import type { Answer, Draft, Scoring } from "./queries";

/** What isn't saved yet, kept in this tab of the browser over a reload. */
export interface Unsaved extends Draft {
  /** Of the scoring as it was when this was typed. */
  revision: number;
  /** Asked to be saved, and never answered: what is there may be one of these. */
  sent: readonly Draft[];
}

const keyOf = (scoring: Scoring) => `voxdesk-scoring-${scoring.scorer}-${scoring.id}`;

export function keep(scoring: Scoring, unsaved: Unsaved): void {
  try {
    sessionStorage.setItem(keyOf(scoring), JSON.stringify(unsaved));
  } catch {
    // Full, or forbidden: then it is only on the page.
  }
}

export const forget = (scoring: Scoring): void => sessionStorage.removeItem(keyOf(scoring));

export function kept(scoring: Scoring): Unsaved | null {
  if (!scoring.mine) return null;
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(scoring)) ?? "null") as Unsaved | null;
  } catch {
    return null;
  }
}

export const draftOf = (scoring: Scoring): Draft => ({
  answers: answersOf(scoring),
  comment: scoring.comment,
});

/** The comment on the whole call, among the names of questions. */
export const WHOLE = "";

export const isSame = (one: Answer | undefined, other: Answer | undefined): boolean => {
  const [a, b] = [one ?? NONE, other ?? NONE];
  return (
    (a.value ?? null) === (b.value ?? null) &&
    a.not_applicable === b.not_applicable &&
    a.comment.trim() === b.comment.trim() &&
    (a.moment_ms ?? null) === (b.moment_ms ?? null)
  );
};

/** Questions whose answers aren't the same in both, in the scorecard's order; `WHOLE` last. */
export function differences(names: readonly string[], here: Draft, there: Draft): string[] {
  const found = names.filter((name) => !isSame(here.answers[name], there.answers[name]));
  return here.comment.trim() === there.comment.trim() ? found : [...found, WHOLE];
}

/** Whether one of these is what is there: then nobody else has changed it. */
export const isAmong = (sent: readonly Draft[], names: readonly string[], there: Draft) =>
  sent.some((one) => differences(names, one, there).length === 0);

/** `there`, with these answers from here. */
export function merged(here: Draft, there: Draft, fromHere: ReadonlySet<string>): Draft {
  const answers = { ...there.answers };
  fromHere.forEach((name) => {
    if (name !== WHOLE) answers[name] = here.answers[name] ?? NONE;
  });
  return { answers, comment: fromHere.has(WHOLE) ? here.comment : there.comment };
}
