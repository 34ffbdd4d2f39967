// How smooth the live page is: frame times and long tasks while many calls go on.
//   BASE=http://127.0.0.1:8080 TOKEN=vxd_… SECONDS=20 node tests/bench/live_page.mjs
import { createRequire } from "node:module";

const { chromium } = createRequire(
  new URL("../../console/package.json", import.meta.url),
)("playwright-core");
const { BASE, NAME, PASSWORD, SECONDS = "20", SHOT = "" } = process.env;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
page.on("pageerror", (error) => console.error(String(error)));
await page.goto(BASE);
const csrf = await page.evaluate(
  async ([name, password]) => {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, password }),
    });
    return answer.status;
  },
  [NAME, PASSWORD],
);
if (csrf >= 300) throw new Error(`sign-in: ${csrf}`);
await page.goto(`${BASE}/live`);
await page.getByRole("listitem").first().waitFor({ timeout: 30_000 });
await page.waitForTimeout(5_000);
if (SHOT) await page.screenshot({ path: `${SHOT}-laptop.png` });
const found = await page.evaluate(
  (ms) =>
    new Promise((done) => {
      const frames = [];
      const tasks = [];
      new PerformanceObserver((list) =>
        list.getEntries().forEach((one) => tasks.push(one.duration)),
      ).observe({ entryTypes: ["longtask"] });
      const began = performance.now();
      let last = began;
      const step = (now) => {
        frames.push(now - last);
        last = now;
        if (now - began < ms) requestAnimationFrame(step);
        else done({ frames, tasks });
      };
      requestAnimationFrame(step);
    }),
  Number(SECONDS) * 1000,
);
const sorted = found.frames.toSorted((a, b) => a - b);
const at = (share) =>
  Math.round(sorted[Math.floor(share * (sorted.length - 1))]);
const sum = (values) => Math.round(values.reduce((all, one) => all + one, 0));
console.log(
  JSON.stringify({
    seconds: Number(SECONDS),
    frames_per_second: Math.round(found.frames.length / Number(SECONDS)),
    frame_ms: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    long_tasks: {
      count: found.tasks.length,
      total_ms: sum(found.tasks),
      longest_ms: Math.round(Math.max(0, ...found.tasks)),
    },
  }),
);
if (SHOT) {
  await page.getByRole("listitem").first().getByRole("button").click();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `${SHOT}-drawer.png` });
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => localStorage.setItem("voxdesk-language", "zh"));
  await page.reload();
  await page.waitForTimeout(4000);
  await page.screenshot({ path: `${SHOT}-phone.png` });
}
await browser.close();
