/** Where it is quiet and where a position lies: what the player reckons, without a player. */

export interface Stretch {
  start: number;
  end: number;
}

const QUIET = 4;
const SHORTEST_S = 1.5;
const LEFT_S = 0.25;

/** Stretches in which neither side makes a sound, seconds; a little of each is left to hear. */
export function quietStretches(
  caller: readonly number[],
  answer: readonly number[],
  seconds: number,
): Stretch[] {
  const step = seconds / Math.max(1, caller.length);
  const found: Stretch[] = [];
  let since = -1;
  for (let place = 0; place <= caller.length; place++) {
    const isQuiet =
      place < caller.length && (caller[place] ?? 0) < QUIET && (answer[place] ?? 0) < QUIET;
    if (isQuiet) {
      if (since < 0) since = place;
    } else if (since >= 0) {
      if ((place - since) * step >= SHORTEST_S)
        found.push({ start: since * step + LEFT_S, end: place * step - LEFT_S });
      since = -1;
    }
  }
  return found;
}

/** The last of what begins at or before a moment, which is in order; -1 before the first. */
export function placeAt(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** The next speed in a direction. */
export function nextSpeed(now: number, direction: 1 | -1): number {
  const faster = SPEEDS.filter((speed) => (direction > 0 ? speed > now : speed < now));
  return (direction > 0 ? faster[0] : faster.at(-1)) ?? now;
}

/** `?t=75`, `?t=1:15` or `?t=75.5`, in milliseconds. */
export function momentOf(text: string | null): number {
  if (!text || !/^[\d:.]{1,12}$/.test(text)) return 0;
  const seconds = text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : 0;
}
