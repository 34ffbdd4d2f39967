import worklet from "./worklet.js?url&no-inline";

import { answered, ApiError } from "../../shared/api";

/** Whole samples of both sides from pieces of bytes that may end anywhere. */
export class Samples {
  private rest = new Uint8Array(0);

  take(bytes: Uint8Array): Int16Array {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const whole = all.length - (all.length % 4);
    this.rest = all.slice(whole);
    return new Int16Array(all.buffer, 0, whole / 2);
  }
}

/** "broken": nothing comes now; it is tried again. */
export type Hearing = "opening" | "sounding" | "broken";
const RATE_HZ = 16_000;
const TRY_AGAIN_MS = 1_000;
/** A call that is up says something every 20 ms. */
const SILENT_AT_MOST_MS = 2_000;

/**
 * Play a live call until it is over or `stop` is aborted: the caller left, the answer right. Where
 * the engine or the console goes away in the middle, it goes on as soon as they are there again.
 * A refusal is thrown as an `ApiError`: of whoever may not listen, or whose session is over.
 */
export async function listen(
  call: string,
  stop: AbortSignal,
  tell: (now: Hearing) => void,
): Promise<void> {
  // At once, while the browser knows that somebody pressed a button: some play nothing otherwise.
  const audio = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
  try {
    tell("opening");
    await audio.audioWorklet.addModule(worklet);
    const player = new AudioWorkletNode(audio, "live-player", { outputChannelCount: [2] });
    player.connect(audio.destination);
    const send = (samples: Int16Array) => {
      player.port.postMessage(samples, [samples.buffer]);
      tell("sounding");
    };
    for (let heard = false; ; heard = true) {
      try {
        await follow(call, stop, send, () => tell("broken"));
      } catch (error) {
        if (stop.aborted || (error instanceof ApiError && error.code === "not_there" && heard))
          return; // it is over, as the page says
        const isAway = error instanceof ApiError ? error.code === "engine_away" : heard;
        if (!isAway || !heard) throw error;
      }
      tell("broken");
      await pause(TRY_AGAIN_MS, stop);
      if (stop.aborted) return;
    }
  } finally {
    await audio.close();
  }
}

/** One connection, until it ends. */
async function follow(
  call: string,
  stop: AbortSignal,
  send: (samples: Int16Array) => void,
  tellSilent: () => void,
): Promise<void> {
  const { body } = await answered(fetch(`/api/v1/live/calls/${call}/sound`, { signal: stop }));
  if (!body) return;
  const samples = new Samples();
  const reader = body.getReader();
  for (;;) {
    const silent = setTimeout(tellSilent, SILENT_AT_MOST_MS);
    try {
      const { done, value } = await reader.read();
      if (done) return;
      send(samples.take(value));
    } finally {
      clearTimeout(silent);
    }
  }
}

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
