import { expect, test } from "vitest";

import { ApiError, isWorthAnotherTry } from "./api";
import { told } from "./troubles";

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
