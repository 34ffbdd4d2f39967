import { expect, test } from "vitest";

import { ApiError, isWorthAnotherTry } from "./api";
import { told } from "./troubles";
import { said, wordings } from "./worded";

const last = {
  code: "access_refused",
  message: "anna is the last administrator who can sign in. Make somebody else one first.",
  case: "last_administrator",
  details: { name: "anna" },
};

test("an English page shows the API's own words, a Chinese one says the same with its values", () => {
  expect(told(last, "en")).toBe(last.message);
  expect(told(last, "zh")).toBe("anna 是最后一位可以登录的管理员。请先将其他人设为管理员。");
  expect(told({ code: "too_many_tries", message: "…", details: { wait_s: 30 } }, "zh")).toContain(
    "30 秒",
  );
});

test("a sentence is said by its wording, and so is what stands in it", async () => {
  const step = { wording: 'step "{step}"', values: { step: "menu" } };
  const known = {
    wording: "{what}: {names}",
    values: { what: { wording: "Keys" }, names: "a, b" },
  };
  const unknown = { wording: '{where} has no key "{key}".', values: { where: step, key: "tehn" } };
  const both = { wording: "{part0}\n  {part1}", values: { part0: unknown, part1: known } };
  const refused = { code: "flow", message: "English.", worded: both };
  expect(told(refused, "zh")).toBe("流程有错误：\nEnglish."); // the translations are on their way
  await wordings("zh");
  expect(told(refused, "zh")).toBe("步骤“menu”没有“tehn”这个键。\n  可用的键：a, b");
  expect(told(refused, "en")).toBe("English.");
  expect(said(both, "en")).toBe('step "menu" has no key "tehn".\n  Keys: a, b');
});

test("a sentence of a newer API stays English, also within one that is known", async () => {
  await wordings("zh");
  const newer = { wording: "a {thing} of tomorrow", values: { thing: "car" } };
  expect(told({ code: "flow", message: "English.", worded: newer }, "zh")).toContain("English.");
  const around = { wording: "{where} is never open.", values: { where: newer } };
  expect(said(around, "zh")).toBe("a car of tomorrow从不营业。");
});

test("what no text is known for keeps the API's words, and says what kind of thing it is", () => {
  const odd = { code: "publish_refused", message: "Odd.", case: "never_heard_of" };
  expect(told(odd, "zh")).toBe("无法发布：Odd.");
  expect(told({ ...last, details: {} }, "zh")).toContain(last.message);
  expect(told({ code: "brand_new", message: "Brand new." }, "zh")).toBe("Brand new.");
  expect(told({ code: "busy", message: "" }, "en")).toContain("try again");
});

test("who can't be reached is tried again, who refuses isn't", () => {
  expect(isWorthAnotherTry(0, new ApiError(0, { code: "away", message: "" }))).toBe(true);
  expect(isWorthAnotherTry(0, new ApiError(409, last))).toBe(false);
});
