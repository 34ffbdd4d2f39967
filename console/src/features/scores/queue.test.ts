import { expect, test } from "vitest";

import { nextCall, withDone, without } from "./queue";

const queue = { scorecard: "talk", calls: ["a", "b", "c"], done: [] };

test("after a call comes the next one that isn't done, from the beginning again", () => {
  expect(nextCall(queue, "a")).toBe("b");
  expect(nextCall(queue, "c")).toBe("a");
  expect(nextCall(withDone(queue, "b"), "a")).toBe("c");
  expect(nextCall({ ...queue, done: ["b", "c"] }, "a")).toBeNull();
  expect(nextCall(queue, "elsewhere")).toBe("a");
});

test("a call left out is neither next nor counted", () => {
  const left = without(withDone(queue, "a"), "b");
  expect(left).toEqual({ scorecard: "talk", calls: ["a", "c"], done: ["a"] });
  expect(withDone(left, "elsewhere")).toBe(left);
});
