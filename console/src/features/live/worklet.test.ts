import { beforeAll, expect, test } from "vitest";

const RATE = 16_000;
const PIECE = 320; // 20 ms
const QUANTUM = 128;

interface Player {
  written: number;
  at: number;
  take(samples: Int16Array): void;
  process(inputs: unknown, outputs: [[Float32Array, Float32Array]]): boolean;
}
let Player: new () => Player;

beforeAll(async () => {
  Object.assign(globalThis, {
    sampleRate: RATE,
    AudioWorkletProcessor: class {
      port = {};
    },
    registerProcessor: (_: string, made: new () => Player) => (Player = made),
  });
  // @ts-expect-error plain JavaScript, as the audio's own thread takes it
  await import("./worklet.js");
});

/** A tone left, its opposite right: gaps and jumps are heard in it. */
function piece(from: number): Int16Array {
  const samples = new Int16Array(2 * PIECE);
  for (let frame = 0; frame < PIECE; frame++) {
    const level = Math.round(16_000 * Math.sin((2 * Math.PI * 200 * (from + frame)) / RATE));
    samples[2 * frame] = level;
    samples[2 * frame + 1] = -level;
  }
  return samples;
}

/**
 * Play for a while; the n-th 20 ms arrive at `arrivals(n)` seconds. What was heard left and right,
 * and what waited in the buffer at each moment, seconds.
 */
function play(seconds: number, arrivals: (n: number) => number) {
  const player = new Player();
  const left = new Float32Array(Math.ceil((seconds * RATE) / QUANTUM) * QUANTUM);
  const right = left.slice();
  const waited: number[] = [];
  let next = 0;
  for (let at = 0; at < left.length; at += QUANTUM) {
    while (arrivals(next) <= at / RATE) player.take(piece(PIECE * next++));
    player.process([], [[left.subarray(at, at + QUANTUM), right.subarray(at, at + QUANTUM)]]);
    waited.push((player.written - player.at) / RATE);
  }
  return { left, right, waited };
}

const silentIn = (sound: Float32Array, from: number, to: number): number => {
  let silent = 0;
  for (let at = from * RATE; at < to * RATE; at += QUANTUM)
    if (sound.subarray(at, at + QUANTUM).every((one) => Math.abs(one) < 0.001)) silent += 1;
  return (silent * QUANTUM) / RATE;
};

test("both sides are heard, each on its own, as loud as they are, and soon", () => {
  const { left, right, waited } = play(3, (n) => 0.02 * (n + 1));
  expect(Math.max(...left.subarray(RATE))).toBeCloseTo(16_000 / 32_768, 2);
  expect(left.subarray(RATE, RATE + 400).every((one, at) => right[RATE + at] === -one)).toBe(true);
  expect(silentIn(left, 0.3, 3)).toBe(0);
  expect(Math.max(...waited)).toBeLessThan(0.25);
});

test("an uneven network leaves no gaps, and a clock that runs ahead no delay", () => {
  const uneven = (n: number) => 0.02 * (n + 1) + 0.08 * Math.abs(Math.sin(n * 12.9898));
  expect(silentIn(play(20, uneven).left, 1, 20)).toBe(0);
  const { left, waited } = play(60, (n) => 0.02 * (n + 1) * 0.995);
  expect(Math.max(...waited.slice(-RATE / QUANTUM))).toBeLessThan(0.3);
  expect(silentIn(left, 1, 60)).toBe(0);
});

test("what comes late after a stall is caught up with", () => {
  const stalled = (n: number) => Math.max(0.02 * (n + 1), 0.02 * n >= 2 && n < 300 ? 4 : 0);
  const { left, waited } = play(20, stalled);
  expect(silentIn(left, 2.4, 3.9)).toBeCloseTo(1.5, 1);
  expect(Math.max(...waited.slice(Math.round((4.1 * RATE) / QUANTUM)))).toBeLessThan(0.71);
  expect(waited.at(-1)).toBeLessThan(0.3);
  expect(silentIn(left, 6.5, 20)).toBe(0);
});

test("nothing clicks: sound comes and goes within milliseconds, not at once", () => {
  const { left } = play(4, (n) => (n < 50 || n > 120 ? 0.02 * (n + 1) : Infinity));
  let steepest = 0;
  for (let at = 1; at < left.length; at++)
    steepest = Math.max(steepest, Math.abs((left[at] ?? 0) - (left[at - 1] ?? 0)));
  expect(steepest).toBeLessThan(0.06); // a sine of 200 Hz has 0.039
});
