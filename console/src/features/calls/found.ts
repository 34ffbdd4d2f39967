import type { Segment } from "./queries";

/** When each run of words that a search found begins, in order; milliseconds. */
export function firstWordsFound(segments: readonly Segment[]): number[] {
  return segments.flatMap((segment) =>
    segment.found
      .filter((word) => !segment.found.includes(word - 1))
      .map((word) => segment.words[word]?.[1] ?? segment.start_ms),
  );
}
