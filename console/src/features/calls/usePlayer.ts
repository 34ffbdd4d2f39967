import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import WaveSurfer from "wavesurfer.js";
import HoverPlugin from "wavesurfer.js/plugins/hover";
import RegionsPlugin, { type Region } from "wavesurfer.js/plugins/regions";
import TimelinePlugin from "wavesurfer.js/plugins/timeline";

import type { Schemas } from "../../shared/api";
import { durationOf } from "../../shared/formats";
import { soundOf, troubleOfSound } from "./queries";
import { quietStretches, type Stretch } from "./sound";

export const CALLER_COLOUR = "#0c8599";
export const ANSWER_COLOUR = "#9c5fd6";
const LOOP = "loop";
/** An error of which only the browser knows. */
export const UNKNOWN = "unknown";
const HAVE_FUTURE_DATA = 3;
const STUCK_MS = 2500;
const AHEAD_S = 0.5;

type Regions = ReturnType<typeof RegionsPlugin.create>;

export interface Player {
  /** Milliseconds since answer, without rendering anything. */
  positionMs: () => number;
  /** Told many times a second while it plays, and after each jump; returns how to stop. */
  onMove: (tell: (ms: number) => void) => () => void;
  isPlaying: boolean;
  error: string;
  toggle: () => void;
  /** After an error: fetch the sound again. */
  again: () => void;
  seek: (ms: number) => void;
  by: (seconds: number) => void;
  speed: number;
  setSpeed: (speed: number) => void;
  skipsSilence: boolean;
  setSkipsSilence: (skips: boolean) => void;
  loop: Stretch | null;
  setLoop: (stretch: Stretch | null) => void;
  zoom: (pixelsPerSecond: number) => void;
  /** For markers; null until the waveform is drawn. */
  regions: Regions | null;
}

/** Plays a call's recording and draws its shape into `container`. */
export function usePlayer(
  call: string,
  waveform: Schemas["WaveformOut"] | undefined,
  container: RefObject<HTMLDivElement | null>,
  startMs: number,
  reason: string,
): Player {
  const surfer = useRef<WaveSurfer | null>(null);
  const listeners = useRef(new Set<(ms: number) => void>());
  const waiting = useRef(startMs);
  const [regions, setRegions] = useState<Regions | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [error, setError] = useState("");
  const [speed, showSpeed] = useState(1);
  const [skipsSilence, setSkipsSilence] = useState(false);
  const [loop, showLoop] = useState<Stretch | null>(null);
  const now = useRef({ skipsSilence, loop, quiet: [] as Stretch[] });

  useEffect(() => {
    now.current.skipsSilence = skipsSilence;
    now.current.loop = loop;
  }, [skipsSilence, loop]);

  useEffect(() => {
    const place = container.current;
    if (!waveform || !place) return;
    now.current.quiet = quietStretches(waveform.caller, waveform.answer, waveform.seconds);
    const marks = RegionsPlugin.create();
    const media = new Audio();
    media.preload = "metadata";
    const made = WaveSurfer.create({
      container: place,
      media,
      url: soundOf(call, reason),
      peaks: [scaled(waveform.caller), scaled(waveform.answer)],
      duration: waveform.seconds,
      height: 56,
      splitChannels: [
        { waveColor: `${CALLER_COLOUR}aa`, progressColor: CALLER_COLOUR },
        { waveColor: `${ANSWER_COLOUR}aa`, progressColor: ANSWER_COLOUR },
      ],
      cursorColor: "#e8590c",
      cursorWidth: 2,
      barWidth: 2,
      barGap: 1,
      barMinHeight: 1,
      dragToSeek: false,
      plugins: [
        marks,
        TimelinePlugin.create({
          height: 16,
          formatTimeCallback: durationOf,
          secondaryLabelOpacity: 0.75,
          style: { fontSize: "11px", color: "inherit" },
        }),
        HoverPlugin.create({
          lineColor: "#868e96",
          labelColor: "#fff",
          labelBackground: "#343a40",
          labelSize: 11,
          formatTimeCallback: durationOf,
        }),
      ],
    });
    surfer.current = made;
    const moved = (seconds: number) => listeners.current.forEach((tell) => tell(seconds * 1000));
    made.on("ready", () => {
      if (waiting.current) made.setTime(waiting.current / 1000);
      setRegions(marks);
    });
    made.on("play", () => setPlaying(true));
    made.on("pause", () => setPlaying(false));
    made.on("finish", () => setPlaying(false));
    made.on("seeking", moved);
    made.on("interaction", moved);
    made.on("timeupdate", (seconds) => {
      moved(seconds);
      const { loop: repeated, skipsSilence: skips, quiet } = now.current;
      if (!made.isPlaying()) return;
      if (repeated && seconds >= repeated.end) made.setTime(repeated.start);
      const silent = skips && quiet.find((one) => one.start <= seconds && seconds < one.end - 0.1);
      if (silent && !repeated) made.setTime(silent.end);
    });
    let isThere = true;
    const tell = (otherwise: string) => {
      if (!media.getAttribute("src")) return; // it was taken away
      // What is missing comes behind what the browser has got so far.
      const { buffered, currentTime } = media;
      const got = buffered.length ? buffered.end(buffered.length - 1) : currentTime;
      const share = (Math.max(got, currentTime) + AHEAD_S) / waveform.seconds;
      void troubleOfSound(call, reason, share).then((told) => {
        if (isThere) setError(told || otherwise);
      });
    };
    let stuck = 0;
    const isStuck = () => {
      clearTimeout(stuck);
      stuck = window.setTimeout(() => {
        if (!media.paused && media.readyState < HAVE_FUTURE_DATA) tell("");
      }, STUCK_MS);
    };
    media.addEventListener("error", () => tell(UNKNOWN));
    media.addEventListener("waiting", isStuck);
    media.addEventListener("playing", () => setError(""));
    const only = (region: Region) => {
      if (region.id.startsWith("marker")) return;
      marks.getRegions().forEach((one) => {
        if (one !== region && !one.id.startsWith("marker")) one.remove();
      });
      showLoop({ start: region.start, end: region.end });
    };
    marks.enableDragSelection({ color: "rgba(232, 89, 12, 0.18)" });
    marks.on("region-created", only);
    marks.on("region-updated", only);
    return () => {
      isThere = false;
      clearTimeout(stuck);
      waiting.current = made.getCurrentTime() * 1000;
      setRegions(null);
      surfer.current = null;
      made.destroy();
      media.removeAttribute("src");
      media.load();
    };
  }, [call, reason, waveform, container]);

  const seek = useCallback((ms: number) => {
    waiting.current = ms;
    surfer.current?.setTime(ms / 1000);
    listeners.current.forEach((tell) => tell(ms));
  }, []);
  const positionMs = useCallback(
    () => (surfer.current ? Math.round(surfer.current.getCurrentTime() * 1000) : waiting.current),
    [],
  );
  const setLoop = useCallback(
    (stretch: Stretch | null) => {
      regions?.getRegions().forEach((one) => {
        if (!one.id.startsWith("marker")) one.remove();
      });
      if (stretch) regions?.addRegion({ id: LOOP, ...stretch, color: "rgba(232, 89, 12, 0.18)" });
      else showLoop(null);
    },
    [regions],
  );
  const onMove = useCallback((tell: (ms: number) => void) => {
    listeners.current.add(tell);
    return () => void listeners.current.delete(tell);
  }, []);
  const toggle = useCallback(() => void surfer.current?.playPause().catch(() => undefined), []);
  const again = useCallback(() => {
    setError("");
    surfer.current?.getMediaElement()?.load();
  }, []);
  const by = useCallback(
    (seconds: number) => {
      const end = (surfer.current?.getDuration() ?? 0) * 1000;
      seek(Math.max(0, Math.min(end, positionMs() + seconds * 1000)));
    },
    [seek, positionMs],
  );
  const setSpeed = useCallback((wanted: number) => {
    surfer.current?.setPlaybackRate(wanted, true);
    showSpeed(wanted);
  }, []);
  const zoom = useCallback((pixels: number) => surfer.current?.zoom(pixels), []);
  return useMemo(
    () => ({
      positionMs,
      onMove,
      isPlaying,
      error,
      toggle,
      again,
      seek,
      by,
      speed,
      setSpeed,
      skipsSilence,
      setSkipsSilence,
      loop,
      setLoop,
      zoom,
      regions,
    }),
    [
      positionMs,
      onMove,
      isPlaying,
      error,
      toggle,
      again,
      seek,
      by,
      speed,
      setSpeed,
      skipsSilence,
      loop,
      setLoop,
      zoom,
      regions,
    ],
  );
}

const scaled = (peaks: readonly number[]) => Float32Array.from(peaks, (peak) => peak / 255);
