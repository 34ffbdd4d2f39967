import { useCallback } from "react";

import { useFormats } from "../../shared/formats";
import { useFeeling, useOutcome } from "../../shared/outcomes";
import { useTexts } from "./callTexts";
import type { Marker } from "./queries";

/** Colour of each kind on the waveform; the legend names it, no colour stands alone. */
export const COLOURS: Record<Marker["kind"], string> = {
  step: "#868e96",
  barge_in: "#1971c2",
  silence: "#adb5bd",
  overlap: "#9c36b5",
  key: "#2f9e44",
  transfer: "#0b7285",
  queued: "#66a80f",
  bridged: "#087f5b",
  no_match: "#e03131",
  no_input: "#f08c00",
  slow_turn: "#d9480f",
  feeling: "#c2255c",
  message: "#5f3dc4",
  not_recorded: "#495057",
  error: "#c92a2a",
};

const MODES = ["blind", "bridged", "queue"] as const;

/** How a call was given away. */
export function useMode(): (mode: string) => string {
  const t = useTexts();
  return useCallback(
    (mode) => {
      const known = MODES.find((one) => one === mode);
      return known ? t(`mode_${known}`) : mode;
    },
    [t],
  );
}

/** What a moment says beside its kind. */
export function useDetail(): (marker: Marker) => string {
  const { ms, seconds } = useFormats();
  const felt = useFeeling();
  const named = useOutcome();
  const moded = useMode();
  return useCallback(
    (marker) => {
      if (marker.kind === "slow_turn") return ms(Number(marker.label));
      if (marker.kind === "silence") return seconds((marker.end_ms - marker.start_ms) / 1000);
      if (marker.kind === "feeling") return felt(marker.label);
      if (marker.kind !== "transfer") return marker.label;
      // "queue support", and when it is over "queue support connected".
      const [mode = "", target = "", ...outcome] = marker.label.split(" ");
      return [moded(mode), target, ...outcome.map(named)].join(" ");
    },
    [ms, seconds, felt, named, moded],
  );
}

/** Kinds in the order of the legend, with how many there are. */
export function kindsOf(markers: readonly Marker[]): [Marker["kind"], number][] {
  const counts = new Map<Marker["kind"], number>();
  for (const { kind } of markers) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return (Object.keys(COLOURS) as Marker["kind"][]).flatMap((kind) => {
    const count = counts.get(kind);
    return count ? [[kind, count] as [Marker["kind"], number]] : [];
  });
}
