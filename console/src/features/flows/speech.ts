import { useCallback, useEffect, useRef, useState } from "react";

import { api, got, type Schemas } from "../../shared/api";

type Said = Schemas["SaidOut"];

/** Plays prompts one after the other, as callers hear them; `stop` ends it in the middle. */
export function usePrompts(onTrouble: (error: Error) => void) {
  const [isPlaying, setPlaying] = useState(false);
  const turn = useRef(0);
  const playing = useRef<HTMLAudioElement | null>(null);
  const trouble = useRef(onTrouble);
  useEffect(() => {
    trouble.current = onTrouble;
  });

  const stop = useCallback(() => {
    turn.current += 1;
    playing.current?.pause();
    playing.current = null;
    setPlaying(false);
  }, []);

  /** Whether all of it was played. */
  const play = useCallback(
    async (said: readonly Said[]): Promise<boolean> => {
      stop();
      const own = turn.current;
      setPlaying(true);
      // The next one is made while one plays.
      const sounds = said.filter(({ text }) => text.trim()).map((one) => () => soundOf(one));
      let next = sounds.shift()?.();
      try {
        while (next) {
          const sound = await next;
          next = sounds.shift()?.();
          next?.catch(() => undefined); // told when its turn comes
          if (own !== turn.current) return false;
          await played(sound, playing);
        }
      } catch (error) {
        if (own === turn.current && error instanceof Error) trouble.current(error);
      }
      if (own !== turn.current) return false;
      setPlaying(false);
      return true;
    },
    [stop],
  );
  useEffect(() => stop, [stop]);
  return { isPlaying, play, stop };
}

const soundOf = ({ text, language, sensitive }: Said): Promise<Blob> =>
  got<Blob>(
    api.POST("/api/v1/trials/speech", {
      body: { text, language, sensitive, narrow: true },
      parseAs: "blob",
    }),
  );

async function played(sound: Blob, playing: { current: HTMLAudioElement | null }): Promise<void> {
  const url = URL.createObjectURL(sound);
  const audio = new Audio(url);
  playing.current = audio;
  try {
    await audio.play();
    await new Promise<void>((resolve) => {
      audio.onended = audio.onpause = audio.onerror = () => resolve();
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
