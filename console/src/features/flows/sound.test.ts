import { expect, test } from "vitest";

import { base64, wavFile } from "./sound";

test("a WAV file says how long it is and keeps loud samples within bounds", () => {
  const file = wavFile(new Float32Array([0, 0.5, -2, 2]), 16_000);
  const view = new DataView(file.buffer);
  expect(new TextDecoder().decode(file.subarray(0, 4))).toBe("RIFF");
  expect(view.getUint32(40, true)).toBe(8);
  expect([44, 46, 48, 50].map((at) => view.getInt16(at, true))).toEqual([
    0, 16_384, -32_767, 32_767,
  ]);
});

test("long sounds become base64 too", () => {
  const bytes = new Uint8Array(100_000).map((_, place) => place % 256);
  const back = Uint8Array.from(atob(base64(bytes)), (letter) => letter.charCodeAt(0));
  expect(back).toEqual(bytes);
});
