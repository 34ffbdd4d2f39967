import { beforeEach, expect, test } from "vitest";

import { NONE } from "./answers";
import { differences, forget, isAmong, keep, kept, merged, WHOLE } from "./drafts";
import type { Scoring } from "./queries";

const scoring = { id: 7, scorer: "eve", mine: true } as Scoring;
const five = { ...NONE, value: 5 };
const two = { ...NONE, value: 2, comment: "hurried" };

beforeEach(() => sessionStorage.clear());

test("of two texts, what is different is told and chosen from", () => {
  const here = { answers: { a: five, b: two }, comment: "mine" };
  const there = { answers: { a: five, b: five, c: two }, comment: "theirs" };

  expect(differences(["a", "b", "c"], here, there)).toEqual(["b", "c", WHOLE]);
  expect(merged(here, there, new Set(["b"]))).toEqual({
    answers: { a: five, b: two, c: two },
    comment: "theirs",
  });
  expect(merged(here, there, new Set(["c", WHOLE]))).toEqual({
    answers: { a: five, b: five, c: NONE },
    comment: "mine",
  });
  expect(
    differences(["a"], { answers: {}, comment: " " }, { answers: { a: NONE }, comment: "" }),
  ).toEqual([]);
});

test("what isn't saved outlives a reload, for its writer only", () => {
  keep(scoring, { revision: 3, sent: [], answers: { a: five }, comment: "half a sen" });

  expect(kept(scoring)?.comment).toBe("half a sen");
  expect(kept({ ...scoring, scorer: "mallory", mine: true })).toBeNull();
  expect(kept({ ...scoring, mine: false })).toBeNull();
  forget(scoring);
  expect(kept(scoring)).toBeNull();
});

test("what was sent and never answered is known again when it is there", () => {
  const sent = { answers: { a: five }, comment: "kind " };
  const there = { answers: { a: five }, comment: "kind" };
  expect(isAmong([{ answers: {}, comment: "" }, sent], ["a"], there)).toBe(true);
  expect(isAmong([sent], ["a"], { ...there, comment: "rude" })).toBe(false);
});
