import { useCallback, useEffect, useRef, useState } from "react";

import { ApiError } from "../../shared/api";
import { answersOf, NONE } from "./answers";
import { change, read, save, type Answer, type Answers, type Scoring } from "./queries";

const SAVE_AFTER_MS = 600;

interface Draft {
  answers: Answers;
  comment: string;
}

/** One scoring while it is worked on: changed at once, saved a moment later, undone in order. */
export function useScoring(first: Scoring, onChange: (scoring: Scoring) => void) {
  const [scoring, setScoring] = useState(first);
  const [draft, setDraft] = useState<Draft>({
    answers: answersOf(first),
    comment: first.comment,
  });
  const [past, setPast] = useState<readonly Draft[]>([]);
  const [trouble, setTrouble] = useState<Error | null>(null);
  const [isSaving, setSaving] = useState(false);
  const state = useRef({ draft, revision: first.revision, isDirty: false });
  const running = useRef<Promise<void> | null>(null);
  const timer = useRef(0);
  const told = useRef(onChange);
  useEffect(() => {
    told.current = onChange;
  }, [onChange]);

  const take = useCallback((next: Scoring) => {
    state.current.revision = next.revision;
    setScoring(next);
    told.current(next);
  }, []);

  /** Save what isn't saved; one request after the other. */
  const flush = useCallback(async (): Promise<void> => {
    window.clearTimeout(timer.current);
    while (running.current) await running.current;
    if (!state.current.isDirty) return;
    const work = async () => {
      const { answers, comment } = state.current.draft;
      state.current.isDirty = false;
      setSaving(true);
      try {
        take(await save(first.id, state.current.revision, answers, comment));
        setTrouble(null);
      } catch (error) {
        state.current.isDirty = true;
        setTrouble(error as Error);
        throw error;
      } finally {
        running.current = null;
        setSaving(false);
      }
    };
    running.current = work();
    await running.current;
  }, [first.id, take]);

  const put = useCallback(
    (next: Draft) => {
      state.current.draft = next;
      state.current.isDirty = true;
      setDraft(next);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => void flush().catch(() => undefined), SAVE_AFTER_MS);
    },
    [flush],
  );

  const set = useCallback(
    (name: string, part: Partial<Answer>) => {
      const { answers, comment } = state.current.draft;
      setPast((before) => [...before.slice(-99), state.current.draft]);
      put({ answers: { ...answers, [name]: { ...NONE, ...answers[name], ...part } }, comment });
    },
    [put],
  );
  const setComment = useCallback(
    (comment: string) => {
      setPast((before) => [...before.slice(-99), state.current.draft]);
      put({ ...state.current.draft, comment });
    },
    [put],
  );
  const undo = useCallback(() => {
    const last = past.at(-1);
    if (!last) return;
    setPast(past.slice(0, -1));
    put(last);
  }, [past, put]);

  /** What was saved elsewhere instead of what is here. */
  const takeTheirs = useCallback(async () => {
    const there = await read(first.id);
    window.clearTimeout(timer.current);
    state.current.isDirty = false;
    state.current.draft = { answers: answersOf(there), comment: there.comment };
    setDraft(state.current.draft);
    setPast([]);
    setTrouble(null);
    take(there);
  }, [first.id, take]);

  /** What is here instead of what was saved elsewhere. */
  const keepMine = useCallback(async () => {
    state.current.revision = (await read(first.id)).revision;
    state.current.isDirty = true;
    await flush().catch(() => undefined);
  }, [first.id, flush]);

  const go = useCallback(
    async (what: "finish" | "reopen" | "renew") => {
      try {
        await flush();
        const next = await change(what, first.id, state.current.revision);
        state.current.draft = { answers: answersOf(next), comment: next.comment };
        setDraft(state.current.draft);
        setPast([]);
        setTrouble(null);
        take(next);
      } catch (error) {
        setTrouble(error as Error);
      }
    },
    [first.id, flush, take],
  );

  // Whoever leaves the page within the moment loses nothing.
  useEffect(() => () => void flush().catch(() => undefined), [flush]);

  return {
    scoring,
    ...draft,
    set,
    setComment,
    undo: past.length > 0 ? undo : null,
    trouble,
    isConflict: trouble instanceof ApiError && trouble.code === "score_conflict",
    takeTheirs,
    keepMine,
    go,
    flush,
    isSaving,
    revision: () => state.current.revision,
  };
}
