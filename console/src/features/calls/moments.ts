import type { useFormats } from "../../shared/formats";
import type { useFeeling } from "../../shared/outcomes";
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

/** What a moment says beside its kind. */
export function detailOf(
  marker: Marker,
  formats: Pick<ReturnType<typeof useFormats>, "ms" | "seconds">,
  felt: ReturnType<typeof useFeeling>,
): string {
  if (marker.kind === "slow_turn") return formats.ms(Number(marker.label));
  if (marker.kind === "silence") return formats.seconds((marker.end_ms - marker.start_ms) / 1000);
  return marker.kind === "feeling" ? felt(marker.label) : marker.label;
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
