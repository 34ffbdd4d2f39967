import { useWindowEvent } from "@mantine/hooks";
import { useCallback, useEffect, useRef, useState } from "react";

import { ApiError, isWorthAnotherTry } from "../../shared/api";
import { useSession } from "../../shared/session";
import { NONE } from "./answers";
import { draftOf, forget, isAmong, keep, kept } from "./drafts";
import { begin, change, read, save, type Answer, type Draft, type Scoring } from "./queries";

const SAVE_AFTER_MS = 600;
const TRY_AGAIN_AFTER_MS = 5000;
const MOST_SENT = 5;
/** Typing that goes on is one change. */
const ONE_CHANGE_MS = 1500;

const codeOf = (error: Error | null) => (error instanceof ApiError ? error.code : "");

/**
 * One scoring while it is worked on: changed at once, saved a moment later, undone in order. What
 * isn't saved stays on the page and in this tab, whatever goes wrong, and is tried again.
 */
export function useScoring(opened: Scoring, onChange: (scoring: Scoring) => void) {
  const [first] = useState(opened);
  const [left] = useState(() => kept(first));
  const [scoring, setScoring] = useState(first);
  const [draft, setDraft] = useState<Draft>(() =>
    left ? { answers: left.answers, comment: left.comment } : draftOf(first),
  );
  const [past, setPast] = useState<readonly Draft[]>([]);
  const [trouble, setTrouble] = useState<Error | null>(null);
  const [there, setThere] = useState<Scoring | null>(null);
  const [isDirty, showDirty] = useState(left !== null);
  const state = useRef({
    draft,
    revision: left?.revision ?? first.revision,
    isDirty: left !== null,
    sent: left?.sent ?? [],
    // Until somebody has chosen between two texts, nothing is saved by itself.
    isStopped: false,
    last: { what: "", at: 0 },
  });
  const running = useRef<Promise<void> | null>(null);
  const timer = useRef(0);
  const flushed = useRef<() => Promise<void>>(() => Promise.resolve());
  const told = useRef(onChange);
  useEffect(() => {
    told.current = onChange;
  }, [onChange]);
  const { csrf } = useSession();

  const take = useCallback((next: Scoring) => {
    state.current.revision = next.revision;
    setScoring(next);
    told.current(next);
  }, []);
  const mark = useCallback(
    (dirty: boolean) => {
      state.current.isDirty = dirty;
      showDirty(dirty);
      const { revision, sent, draft } = state.current;
      if (dirty) keep(first, { revision, sent, ...draft });
      else forget(first);
    },
    [first],
  );
  /** Whether it is to be tried again at once: what is there is what we sent ourselves. */
  const fail = useCallback(
    async (error: Error, sent: readonly Draft[]): Promise<boolean> => {
      if (codeOf(error) === "score_conflict") {
        const there = await read(first.id).catch(() => null);
        const names = there?.scorecard.sections.flatMap(({ questions }) => questions) ?? [];
        if (
          there?.state === "draft" &&
          isAmong(
            sent,
            names.map(({ name }) => name),
            draftOf(there),
          )
        ) {
          state.current.revision = there.revision;
          return true;
        }
        setThere(there);
      }
      setTrouble(error);
      state.current.isStopped = ["score_conflict", "score_taken"].includes(codeOf(error));
      return false;
    },
    [first.id],
  );

  /** Save what isn't saved; one request after the other. */
  const flush = useCallback(async (): Promise<void> => {
    window.clearTimeout(timer.current);
    while (running.current) await running.current;
    if (!state.current.isDirty || state.current.isStopped) return;
    const work = async (): Promise<void> => {
      const { draft, sent } = state.current;
      state.current.sent = [...sent, draft].slice(-MOST_SENT);
      mark(true);
      try {
        take(await save(first.id, state.current.revision, draft));
        state.current.sent = [];
        mark(state.current.draft !== draft);
        setTrouble(null);
      } catch (error) {
        if (await fail(error as Error, sent)) {
          state.current.sent = [];
          await work();
          return;
        }
        if (isWorthAnotherTry(0, error as Error)) {
          timer.current = window.setTimeout(
            () => void flushed.current().catch(() => undefined),
            TRY_AGAIN_AFTER_MS,
          );
        }
        throw error;
      } finally {
        running.current = null;
      }
    };
    running.current = work();
    await running.current;
  }, [fail, first.id, mark, take]);
  useEffect(() => {
    flushed.current = flush;
  }, [flush]);

  const put = useCallback(
    (next: Draft) => {
      state.current.draft = next;
      setDraft(next);
      mark(true);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => void flush().catch(() => undefined), SAVE_AFTER_MS);
    },
    [flush, mark],
  );
  const remember = useCallback((what: string) => {
    const { last } = state.current;
    const now = performance.now();
    const goesOn = what !== "" && what === last.what && now - last.at < ONE_CHANGE_MS;
    state.current.last = { what, at: now };
    const before = state.current.draft;
    if (!goesOn) setPast((past) => [...past.slice(-99), before]);
  }, []);

  const set = useCallback(
    (name: string, part: Partial<Answer>) => {
      const { answers, comment } = state.current.draft;
      remember("comment" in part ? `comment ${name}` : "");
      put({ answers: { ...answers, [name]: { ...NONE, ...answers[name], ...part } }, comment });
    },
    [put, remember],
  );
  const setComment = useCallback(
    (comment: string) => {
      remember("comment");
      put({ ...state.current.draft, comment });
    },
    [put, remember],
  );
  const undo = useCallback(() => {
    const last = past.at(-1);
    if (!last) return;
    setPast(past.slice(0, -1));
    state.current.last = { what: "", at: 0 };
    put(last);
  }, [past, put]);

  const begun = useCallback(
    (next: Scoring) => {
      state.current.draft = draftOf(next);
      state.current.isStopped = false;
      setDraft(state.current.draft);
      setPast([]);
      setTrouble(null);
      setThere(null);
      take(next);
      mark(false);
    },
    [mark, take],
  );

  /** Of two texts, go on with this one. */
  const settle = useCallback(
    async (chosen: Draft) => {
      if (!there) return;
      state.current.revision = there.revision;
      state.current.isStopped = false;
      setScoring(there);
      setThere(null);
      setTrouble(null);
      put(chosen);
      await flush().catch(() => undefined);
    },
    [flush, put, there],
  );

  /** What was typed into a scoring that is somebody else's by now, as one of one's own. */
  const saveAsOwn = useCallback(async (): Promise<Scoring | null> => {
    try {
      const own = await begin(first.call_id, first.scorecard.name, "beside");
      const saved = await save(own.id, own.revision, state.current.draft);
      mark(false);
      return saved;
    } catch (error) {
      setTrouble(error as Error);
      return null;
    }
  }, [first, mark]);

  const go = useCallback(
    async (what: "finish" | "reopen" | "renew"): Promise<boolean> => {
      try {
        await flush();
        if (state.current.isStopped) return false;
        begun(await change(what, first.id, state.current.revision));
        return true;
      } catch (error) {
        await fail(error as Error, []);
        return false;
      }
    },
    [begun, fail, first.id, flush],
  );

  // Left over from before a reload, or from a session that has ended: saved now. Whoever leaves
  // the page within the moment loses nothing.
  useEffect(() => {
    void flush().catch(() => undefined);
  }, [csrf, flush]);
  useEffect(() => () => void flush().catch(() => undefined), [flush]);
  useWindowEvent("online", () => void flush().catch(() => undefined));
  useWindowEvent("pagehide", () => {
    const { isDirty, isStopped, revision, draft, sent } = state.current;
    if (!isDirty || isStopped) return;
    keep(first, { revision, sent: [...sent, draft].slice(-MOST_SENT), ...draft });
    void save(first.id, revision, draft, true).catch(() => undefined);
  });

  return {
    scoring,
    ...draft,
    set,
    setComment,
    undo: past.length > 0 ? undo : null,
    trouble,
    /** The scoring as it was saved elsewhere meanwhile, when that is something else. */
    there,
    isTaken: codeOf(trouble) === "score_taken",
    settle,
    saveAsOwn,
    go,
    flush,
    forget: () => mark(false),
    /** Everything that is on the page is in the database. */
    isSaved: !isDirty,
    revision: () => state.current.revision,
  };
}
