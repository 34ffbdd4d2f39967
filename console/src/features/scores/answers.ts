import type { Answer, Answers, Question, Scoring } from "./queries";

export const NONE: Answer = { value: null, not_applicable: false, comment: "", moment_ms: null };

/** What is kept, without where in the flow it was. */
export const answersOf = (scoring: Scoring): Answers =>
  Object.fromEntries(
    Object.entries(scoring.answers).map(([name, answer]) => [
      name,
      {
        value: answer.value,
        not_applicable: answer.not_applicable,
        comment: answer.comment,
        moment_ms: answer.moment_ms,
      },
    ]),
  );

export const isGiven = (answer: Answer | undefined): boolean =>
  answer !== undefined && (answer.not_applicable || typeof answer.value === "number");

/** What may be clicked; points beyond ten are typed. */
export function valuesOf(question: Question): number[] {
  if (question.scale === "yes_no") return [1, 0];
  if (question.scale === "1-5") return [1, 2, 3, 4, 5];
  return question.points <= 10 ? Array.from({ length: question.points + 1 }, (_, n) => n) : [];
}

/** The answer that a key gives; null where it gives none. */
export function answerOfKey(question: Question, key: string): Partial<Answer> | null {
  if (key === "x") return question.not_applicable ? { value: null, not_applicable: true } : null;
  const value = key === "y" ? 1 : key === "n" ? 0 : /^\d$/.test(key) ? Number(key) : null;
  const isWord = key === "y" || key === "n";
  if (value === null || isWord !== (question.scale === "yes_no")) return null;
  const isThere =
    question.scale === "points" ? value <= question.points : valuesOf(question).includes(value);
  return isThere ? { value, not_applicable: false } : null;
}

/** Where it shows: what is held already, else now; nothing while nothing was heard yet. */
export const heardAt = (answer: Answer | undefined, now: number): number | null =>
  answer?.moment_ms ?? (now > 0 ? Math.round(now) : null);

/** The first question after this one without an answer, from the beginning again; or this one. */
export function nextOpen(questions: readonly Question[], answers: Answers, from: number): number {
  const order = questions.map((_, step) => (from + 1 + step) % questions.length);
  return order.find((place) => !isGiven(answers[questions[place]?.name ?? ""])) ?? from;
}
