import { expect, test } from "vitest";

import { momentOf, nextSpeed, placeAt, quietStretches } from "./sound";

test("only where both are quiet for long is silence", () => {
  const caller = [99, 0, 0, 0, 0, 0, 99, 0, 0, 99];
  const answer = [0, 0, 0, 0, 0, 0, 0, 0, 50, 0];
  expect(quietStretches(caller, answer, 10)).toEqual([{ start: 1.25, end: 5.75 }]);
  expect(quietStretches([], [], 0)).toEqual([]);
});

test("a moment lies in what began last", () => {
  expect([-1, 0, 5, 10, 99].map((at) => placeAt([0, 10, 20], at))).toEqual([-1, 0, 0, 1, 2]);
});

test("speeds go one by one and stop at their ends", () => {
  expect([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(3, 1), nextSpeed(0.5, -1)]).toEqual([
    1.25, 0.75, 3, 0.5,
  ]);
});

test("a link names a moment in seconds or like a clock, and nonsense the beginning", () => {
  expect(["75", "1:15", "75.5", "", null, "soon", "1e9"].map(momentOf)).toEqual([
    75_000, 75_000, 75_500, 0, 0, 0, 0,
  ]);
});
