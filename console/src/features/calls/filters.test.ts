import { expect, test } from "vitest";

import { changed, countOf, folded, wordsOf } from "./filters";

test("a filter that is emptied leaves the address", () => {
  const before = new URLSearchParams("flow=shop&q=late");
  expect(changed(before, { flow: "", agent: "anna" }).toString()).toBe("q=late&agent=anna");
});

test("an order is no filter", () => {
  expect(countOf({ sort: "duration", ascending: "true", flow: "shop" })).toBe(1);
});

test("only words that a call must have are shown in its transcript", () => {
  expect([...wordsOf('by-caller:Refund "my Order" -angry flow:shop late NEAR/5 OR')]).toEqual([
    "refund",
    "my",
    "order",
    "late",
  ]);
  expect(folded("Café,")).toBe("cafe");
});
