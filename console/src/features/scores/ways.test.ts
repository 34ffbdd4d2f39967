import { expect, test } from "vitest";

import { short, type Group } from "./asked";
import { namesOf, wayOf } from "./ways";

const group = (name: string, part: string, count: number, mean: number | null): Group => ({
  name,
  part,
  count,
  mean,
  failed: 0,
  passed: 0,
  judged: 0,
  not_applicable: 0,
});

test("the ones with the most scorings become lines; a period without one has no value", () => {
  const groups = [
    group("ben", "2026-11-02", 3, 50),
    group("anna", "2026-11-09", 5, 81.26),
    group("anna", "2026-11-02", 5, 70),
    group("cora", "2026-11-02", 1, 10),
    group("ben", "2026-11-09", 2, null),
  ];
  expect(namesOf(groups, 2)).toEqual(["anna", "ben"]);
  expect(wayOf(groups, ["anna", "ben"])).toEqual([
    { period: "2026-11-02", n0: 70, n1: 50 },
    { period: "2026-11-09", n0: 81.3 },
  ]);
});

test("a text that is too long for its place ends in dots, wide letters counted as two", () => {
  expect(short("Was the agent friendly?", 10)).toBe("Was the a…");
  expect(short("客服友好、冷静吗？", 10)).toBe("客服友好…");
  expect(short("客服", 4)).toBe("客服");
});
