import { expect, test } from "vitest";

import { durationOf, formatsOf } from "./formats";

test("a duration reads like a clock", () => {
  expect([0, 9.6, 75, 3601].map(durationOf)).toEqual(["0:00", "0:10", "1:15", "1:00:01"]);
});

test("languages have names in the language of the page, and what is none stays", () => {
  expect(["en", "zh", "", "en_US"].map(formatsOf("en").language)).toEqual([
    "English",
    "Chinese",
    "",
    "en_US",
  ]);
  expect(formatsOf("zh").language("en")).toBe("英语");
});

test("a day stays that day west of Greenwich, and texts have days as people write them", () => {
  const { day, days } = formatsOf("en");
  expect(day("2026-11-21")).toBe("Nov 21, 2026");
  expect(days("2026-10-28 … 2026-11-27")).toBe("Oct 28, 2026 … Nov 27, 2026");
});
