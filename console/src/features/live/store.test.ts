import { expect, test } from "vitest";

import { after, type LiveCall, type Picture } from "./store";

const nothing: Picture = {
  calls: new Map(),
  day: null,
  alarms: [],
  state: { engine: "away", database: "there" },
  link: "connecting",
};
const call = { id: "a", stage: "machine", step: "greet" } as LiveCall;
const begun = after(nothing, "snapshot", {
  calls: [call],
  numbers: null,
  alarms: [],
  state: { engine: "there", database: "there" },
});

test("a change touches its call and leaves the others the same objects", () => {
  const two = after(begun, "calls", { changed: [{ ...call, id: "b" }], gone: [] });
  const next = after(two, "calls", { changed: [{ id: "a", step: "menu" }], gone: [] });
  expect(next.calls.get("a")).toMatchObject({ step: "menu", stage: "machine" });
  expect(next.calls.get("b")).toBe(two.calls.get("b"));
});

test("the same change twice changes nothing more, and a gone call stays gone", () => {
  const change = { changed: [{ id: "a", step: "menu" }], gone: [] };
  const once = after(begun, "calls", change);
  expect([...after(once, "calls", change).calls]).toEqual([...once.calls]);
  const gone = after(once, "calls", { changed: [], gone: ["a"] });
  expect(after(gone, "calls", change).calls.size).toBe(0);
});

test("after a lost connection any word makes the page live again", () => {
  const lost: Picture = { ...begun, link: "lost" };
  expect(after(lost, "beat", {}).link).toBe("live");
});

test("when the session is over nothing of what it showed is left", () => {
  expect(begun.calls.size).toBe(1);
  expect(after(begun, "over", {})).toMatchObject({ link: "over", calls: new Map(), alarms: [] });
});
