import { expect, test } from "vitest";

import { askedOf, daysOf, labelOf, meansOf, unitFor, weekdaysIn, type Period } from "./reports";

const period = (first: string, last: string, partial = false) =>
  ({ first, last, partial }) as Period;

test("an address that makes no sense asks for the last thirty days", () => {
  const asked = askedOf(new URLSearchParams("since=yesterday&by=hour"), "2026-03-31");
  expect(asked).toMatchObject({ since: "2026-03-02", until: "2026-03-31", by: "day" });
  expect(daysOf(asked)).toBe(30);
  expect([7, 90, 365].map(unitFor)).toEqual(["day", "week", "month"]);
});

test("periods have names in the reader's language, and a star where they aren't whole", () => {
  expect(labelOf(period("2026-03-02", "2026-03-02"), "day", "en")).toBe("Mar 2");
  expect(labelOf(period("2026-03-02", "2026-03-04", true), "month", "en")).toBe("Mar 2026 *");
  expect(labelOf(period("2026-03-02", "2026-03-02"), "day", "zh")).toBe("3月2日");
  expect(weekdaysIn("en")[0]).toBe("Mon");
  expect(weekdaysIn("zh")[6]).toBe("周日");
});

test("a heat map has means of days, and no days are no calls", () => {
  expect(meansOf({ calls: [[3, 0], [4]], days: [2, 0] })).toEqual([[1.5, 0], [0]]);
});
