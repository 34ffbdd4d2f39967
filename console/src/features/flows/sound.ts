/** Sound between the browser and the API: mono WAV files of 16 kHz and 16 bits. */
export const RATE_HZ = 16_000;
const LONGEST_S = 30;

/** Any sound that the browser can read, as such a file in base64; at most 30 s of it. */
export async function wavOf(sound: Blob): Promise<string> {
  const context = new AudioContext();
  try {
    const decoded = await context.decodeAudioData(await sound.arrayBuffer());
    const seconds = Math.min(decoded.duration, LONGEST_S);
    const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(seconds * RATE_HZ)), RATE_HZ);
    const source = offline.createBufferSource();
    source.buffer = decoded;
    source.connect(offline.destination);
    source.start();
    const rendered = await offline.startRendering();
    return base64(wavFile(rendered.getChannelData(0), RATE_HZ));
  } finally {
    await context.close();
  }
}

/** A WAV file of samples between -1 and 1. */
export function wavFile(samples: Float32Array, rate: number): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, what: string) => bytes.set(new TextEncoder().encode(what), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, place) => {
    const bounded = Math.max(-1, Math.min(1, sample));
    view.setInt16(44 + 2 * place, Math.round(bounded * 32_767), true);
  });
  return bytes;
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  const piece = 0x8000; // as many arguments as every browser takes
  for (let at = 0; at < bytes.length; at += piece) {
    text += String.fromCharCode(...bytes.subarray(at, at + piece));
  }
  return btoa(text);
}
