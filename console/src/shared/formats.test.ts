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
