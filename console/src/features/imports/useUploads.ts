import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { send, type About } from "./send";
import { useTexts } from "./texts";

/** One file on its way: `share` of it is sent, 0..1; `why` it isn't taken. */
export interface Upload {
  id: number;
  file: File;
  about: About;
  state: "queued" | "sending" | "sent" | "known" | "refused" | "stopped";
  share: number;
  why: string;
}

const isOver = ({ state }: Upload) => state !== "queued" && state !== "sending";

/** Files that are sent one after another; what was refused stays until it is sent again or let be. */
export function useUploads(bounds: { most_bytes: number }) {
  const t = useTexts();
  const queries = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const last = useRef(0);
  const stop = useRef<AbortController | null>(null);

  const change = useCallback(
    (id: number, part: Partial<Upload>) =>
      setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one))),
    [],
  );

  const begin = useCallback(
    async (next: Upload) => {
      if (next.file.size > bounds.most_bytes) {
        change(next.id, { state: "refused", why: t("tooLarge") });
        return;
      }
      if (next.file.size === 0) {
        change(next.id, { state: "refused", why: t("empty") });
        return;
      }
      change(next.id, { state: "sending", share: 0, why: "" });
      stop.current = new AbortController();
      const tell = (share: number) => change(next.id, { share });
      try {
        const sent = await send(next.file, next.about, tell, t("brokeOff"), stop.current.signal);
        change(next.id, { state: sent.known ? "known" : "sent", share: 1 });
      } catch (error) {
        const isStopped = stop.current.signal.aborted;
        const why = error instanceof Error ? error.message : t("brokeOff");
        change(next.id, { state: isStopped ? "stopped" : "refused", why: isStopped ? "" : why });
      }
      await queries.invalidateQueries({ queryKey: ["imports"] });
    },
    [bounds.most_bytes, change, queries, t],
  );

  const isBusy = uploads.some((one) => one.state === "sending");
  const next = isBusy ? undefined : uploads.find((one) => one.state === "queued");
  const started = useRef(0);
  useEffect(() => {
    if (!next || started.current === next.id) return;
    started.current = next.id;
    void begin(next);
  }, [next, begin]);

  const isUnderWay = uploads.some((one) => !isOver(one));
  useEffect(() => {
    if (!isUnderWay) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnderWay]);

  const made = (file: File, about: About): Upload => {
    last.current += 1;
    return { id: last.current, file, about, state: "queued", share: 0, why: "" };
  };
  return {
    uploads,
    add: (files: File[], about: About) =>
      setUploads((all) => [...all, ...files.map((file) => made(file, about))]),
    again: (one: Upload) => {
      const renewed = made(one.file, one.about);
      setUploads((all) => all.map((other) => (other.id === one.id ? renewed : other)));
    },
    leave: (one: Upload) => {
      if (one.state === "sending") stop.current?.abort();
      else setUploads((all) => all.filter(({ id }) => id !== one.id));
    },
    clear: () => setUploads((all) => all.filter((one) => !isOver(one))),
    hasOver: uploads.some(isOver),
  };
}
