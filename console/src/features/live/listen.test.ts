import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiError, onSessionOver } from "../../shared/api";
import { listen, type Hearing } from "./listen";

const sent: Int16Array[] = [];
let closed = 0;

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = closed = 0;
  vi.stubGlobal(
    "AudioContext",
    class {
      audioWorklet = { addModule: () => Promise.resolve() };
      destination = {};
      close = () => {
        closed += 1;
        return Promise.resolve();
      };
    },
  );
  vi.stubGlobal(
    "AudioWorkletNode",
    class {
      port = { postMessage: (samples: Int16Array) => sent.push(samples) };
      connect = () => undefined;
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sound = () => new Response(new Uint8Array([1, 0, 2, 0]));
const refused = (status: number, code: string) =>
  Response.json({ code, message: `It is ${code}.` }, { status });

/** Listen while the console answers like this, one request after the other. */
function hear(...answers: Response[]) {
  vi.stubGlobal("fetch", () => {
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError("nobody is there"));
  });
  const said: Hearing[] = [];
  const stop = new AbortController();
  const over = listen("a1", stop.signal, (now) => said.push(now));
  return { said, stop, over };
}

test("where the engine goes away in the middle, the page listens again until the call is over", async () => {
  const away = () => refused(503, "engine_away");
  const { said, over } = hear(sound(), away(), away(), sound(), refused(404, "not_there"));
  await vi.advanceTimersByTimeAsync(5_000);
  await over;
  expect(said.filter((now, at) => now !== said[at - 1])).toEqual([
    ...["opening", "sounding", "broken", "sounding", "broken"],
  ]);
  expect(sent.map((samples) => [...samples])).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(closed).toBe(1);
});

test("a session that ends while listening ends the sound, and the page is told", async () => {
  const told = vi.fn();
  const forget = onSessionOver(told);
  const { over } = hear(sound(), refused(401, "session_over"));
  const refusal = expect(over).rejects.toThrow("It is session_over.");
  await vi.advanceTimersByTimeAsync(2_000);
  await refusal;
  expect(told).toHaveBeenCalled();
  forget();
});

test("what can't be heard from the beginning is said and not tried again", async () => {
  await expect(hear(refused(503, "engine_away")).over).rejects.toBeInstanceOf(ApiError);
  expect(closed).toBe(1);
});

test("whoever stops hears no more of it", async () => {
  const { over, stop } = hear(sound());
  await vi.advanceTimersByTimeAsync(500);
  stop.abort();
  await over;
  expect(closed).toBe(1);
});
