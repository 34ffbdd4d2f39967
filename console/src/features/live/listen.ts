import worklet from "./worklet.js?url&no-inline";

import { ApiError } from "../../shared/api";

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

/**
 * Play a live call until it is over or `stop` is aborted: the caller left, the answer right.
 * A refusal is thrown as an `ApiError`.
 */
export async function listen(call: string, stop: AbortSignal): Promise<void> {
  const answer = await fetch(`/api/v1/live/calls/${call}/sound`, { signal: stop });
  if (!answer.ok || !answer.body) {
    const told = (await answer.json()) as { code: string; message: string };
    throw new ApiError(answer.status, told.code, told.message);
  }
  const sampleRate = Number(answer.headers.get("X-Sample-Rate"));
  const audio = new AudioContext({ sampleRate, latencyHint: "interactive" });
  try {
    await audio.audioWorklet.addModule(worklet);
    const player = new AudioWorkletNode(audio, "live-player", { outputChannelCount: [2] });
    player.connect(audio.destination);
    const samples = new Samples();
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      player.port.postMessage(samples.take(value));
    }
  } finally {
    await audio.close();
  }
}
