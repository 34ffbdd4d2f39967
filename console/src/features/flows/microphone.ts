import { useCallback, useEffect, useRef, useState } from "react";

const LONGEST_MS = 20_000;
const QUIET_MS = 1200;
const LOOK_MS = 60;
/** Louder than the room: of full scale, 1. */
const LEAST_LEVEL = 0.012;
const ABOVE_ROOM = 3;

/** Why there is no microphone: `insecure` needs HTTPS, or an address on this machine. */
export type NoMicrophone = "insecure" | "refused" | null;

/**
 * Records one utterance at a time: until the speaker is quiet for a moment, or `stop`.
 * Nothing leaves the browser but what `onHeard` is given.
 */
export function useMicrophone(onHeard: (sound: Blob) => void) {
  const [isOn, setOn] = useState(false);
  const [level, setLevel] = useState(0);
  const [trouble, setTrouble] = useState<NoMicrophone>(null);
  const end = useRef<((keep: boolean) => void) | null>(null);
  const heard = useRef(onHeard);
  useEffect(() => {
    heard.current = onHeard;
  });

  const start = useCallback(async () => {
    if (end.current) return;
    if (!("mediaDevices" in navigator)) {
      setTrouble("insecure");
      return;
    }
    end.current = () => undefined; // asked once at a time
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      end.current = null;
      setTrouble("refused");
      return;
    }
    setTrouble(null);
    setOn(true);
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const recorder = new MediaRecorder(stream);
    const pieces: Blob[] = [];
    let isKept = true;
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      void context.close();
      setOn(false);
      setLevel(0);
      if (isKept) heard.current(new Blob(pieces, { type: recorder.mimeType }));
    };
    const samples = new Float32Array(analyser.fftSize);
    const begun = performance.now();
    let room = 1;
    let spokeAt = 0;
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const now = performance.now();
      const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
      room = Math.min(room, Math.max(loud, LEAST_LEVEL / ABOVE_ROOM));
      setLevel(loud);
      if (loud > Math.max(LEAST_LEVEL, ABOVE_ROOM * room)) spokeAt = now;
      const isQuiet = spokeAt > 0 && now - spokeAt > QUIET_MS;
      if (isQuiet || now - begun > LONGEST_MS) finish(true);
    }, LOOK_MS);
    const finish = (keep: boolean) => {
      clearInterval(timer);
      end.current = null;
      isKept = keep;
      if (recorder.state !== "inactive") recorder.stop();
    };
    end.current = finish;
    recorder.start();
  }, []);

  const stop = useCallback((keep = true) => end.current?.(keep), []);
  useEffect(() => () => end.current?.(false), []);
  return { isOn, level, trouble, start, stop };
}
