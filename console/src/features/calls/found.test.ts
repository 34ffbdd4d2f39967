import { expect, test } from "vitest";

import { firstWordsFound } from "./found";
import type { Segment } from "./queries";

test("words found one after the other are one place", () => {
  const said = {
    start_ms: 1000,
    words: [
      ["my", 1000, 1200],
      ["order", 1200, 1500],
      ["is", 1500, 1600],
      ["late", 1600, 2000],
    ],
    found: [0, 1, 3],
  } as unknown as Segment;
  expect(firstWordsFound([said])).toEqual([1000, 1600]);
});
