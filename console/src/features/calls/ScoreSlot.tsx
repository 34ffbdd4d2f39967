import type { ComponentType } from "react";
import { lazy } from "react";

/** What the panel for scoring a call is given; it fills the tab "Score" of a call's page. */
export interface ScorePanelProps {
  callId: string;
  /** Where the sound is now, milliseconds since answer. */
  positionMs: () => number;
  /** Bring the sound and the transcript there. */
  onSeek: (ms: number) => void;
}

const found = import.meta.glob<{ ScorePanel: ComponentType<ScorePanelProps> }>(
  "../scores/ScorePanel.tsx",
);
const load = Object.values(found)[0];

/** The panel `ScorePanel` of `features/scores/ScorePanel.tsx`; null where there is none. */
export const ScorePanel = load ? lazy(async () => ({ default: (await load()).ScorePanel })) : null;
