import { expect, test } from "vitest";

import { durationOf } from "./formats";

test("a duration reads like a clock", () => {
  expect([0, 9.6, 75, 3601].map(durationOf)).toEqual(["0:00", "0:10", "1:15", "1:00:01"]);
});
