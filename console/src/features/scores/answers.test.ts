import { expect, test } from "vitest";

import { answerOfKey, heardAt, isGiven, nextOpen, NONE, valuesOf } from "./answers";
import type { Question } from "./queries";

const question = (name: string, more: Partial<Question> = {}): Question => ({
  name,
  ask: { en: name },
  scale: "yes_no",
  points: 0,
  weight: 1,
  not_applicable: false,
  fatal: false,
  good: 1,
  guidance: null,
  ...more,
});

test("keys answer what the question's scale has, and nothing else", () => {
  const yesNo = question("a", { not_applicable: true });
  expect(answerOfKey(yesNo, "y")?.value).toBe(1);
  expect(answerOfKey(yesNo, "n")?.value).toBe(0);
  expect(answerOfKey(yesNo, "x")?.not_applicable).toBe(true);
  expect(answerOfKey(yesNo, "1")).toBeNull();
  const five = question("b", { scale: "1-5" });
  expect(["1", "5", "0", "6", "y", "x"].map((key) => answerOfKey(five, key)?.value)).toEqual([
    1,
    5,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(answerOfKey(question("c", { scale: "points", points: 7 }), "7")?.value).toBe(7);
  expect(answerOfKey(question("c", { scale: "points", points: 7 }), "8")).toBeNull();
  expect(valuesOf(question("c", { scale: "points", points: 50 }))).toEqual([]);
});

test("after an answer the next open question comes, from the beginning again", () => {
  const questions = ["a", "b", "c"].map((name) => question(name));
  const yes = { ...NONE, value: 1 };
  expect(nextOpen(questions, { b: yes }, 0)).toBe(2);
  expect(nextOpen(questions, { b: yes, c: yes }, 2)).toBe(0);
  expect(nextOpen(questions, { a: yes, b: yes, c: yes }, 1)).toBe(1);
  expect(isGiven({ ...NONE, comment: "later" })).toBe(false);
});

test("an answer holds the moment at which it was given, and keeps it", () => {
  expect(heardAt(undefined, 4000.4)).toBe(4000);
  expect(heardAt({ ...NONE, moment_ms: 1500 }, 4000)).toBe(1500);
  expect(heardAt(undefined, 0)).toBeNull();
});
