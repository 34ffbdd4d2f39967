import { autocompletion } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { oneDark } from "@codemirror/theme-one-dark";
import { EditorView, keymap } from "@codemirror/view";
import { useComputedColorScheme } from "@mantine/core";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";

import type { Schemas } from "../api";
import { problemSaid, wordings } from "../worded";
import { completeBySchema, type JsonSchema } from "./completion";

export type Problem = Schemas["ProblemOut"];
const CHECK_AFTER_MS = 500;

/** What the page may do with the editor. */
export interface EditorHandle {
  text: () => string;
  replace: (text: string) => void;
  goTo: (line: number) => void;
}

/**
 * YAML: mistakes at their line as the API finds them, keys and steps completed.
 * It keeps its own text; `onReady` gives the way to it.
 */
export function Editor({
  name,
  text,
  schema,
  readOnly,
  label,
  check,
  onReady,
  onChange,
  onSave,
  onProblems,
}: {
  /** Another name begins with another text. */
  name: string;
  text: string;
  schema: JsonSchema;
  readOnly: boolean;
  label: string;
  check: (text: string) => Promise<Problem[]>;
  onReady: (editor: EditorHandle) => void;
  onChange: (text: string) => void;
  onSave: () => void;
  onProblems: (problems: Problem[]) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const look = useRef({ view: null as EditorView | null, theme: new Compartment() });
  const changed = useEffectEvent(onChange);
  const save = useEffectEvent(onSave);
  const found = useEffectEvent(onProblems);
  const ready = useEffectEvent(onReady);
  const checked = useEffectEvent(check);

  const begin = useEffectEvent((parent: HTMLElement) => {
    const examine = async (view: EditorView): Promise<Diagnostic[]> => {
      const [problems] = await Promise.all([checked(view.state.doc.toString()), wordings()]);
      found(problems);
      return problems.filter((problem) => !problem.file).map((problem) => shown(view, problem));
    };
    return new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          basicSetup,
          yaml(),
          look.current.theme.of(scheme === "dark" ? oneDark : []),
          autocompletion({ override: [completeBySchema(schema)] }),
          linter(examine, { delay: CHECK_AFTER_MS }),
          lintGutter(),
          EditorState.readOnly.of(readOnly),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, "data-testid": "yaml" }),
          EditorView.theme({ "&": { height: "100%" }, ".cm-scroller": { overflow: "auto" } }),
          keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (save(), true) }]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
  });

  useEffect(() => {
    if (!place.current) return;
    const view = begin(place.current);
    const kept = look.current;
    kept.view = view;
    ready({
      text: () => view.state.doc.toString(),
      replace: (next) =>
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
      goTo: (line) => {
        const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
        view.dispatch({
          selection: { anchor: from },
          effects: EditorView.scrollIntoView(from, { y: "center" }),
        });
        view.focus();
      },
    });
    return () => {
      kept.view = null;
      view.destroy();
    };
  }, [name]);

  useEffect(() => {
    const { view, theme } = look.current;
    view?.dispatch({ effects: theme.reconfigure(scheme === "dark" ? oneDark : []) });
  }, [scheme]);

  return <div ref={place} style={{ height: "100%", overflow: "hidden" }} />;
}

function shown(view: EditorView, problem: Problem): Diagnostic {
  const line = view.state.doc.line(Math.min(Math.max(1, problem.line), view.state.doc.lines));
  const said = problemSaid(problem);
  const from = Math.min(line.from + Math.max(0, problem.column - 1), line.to);
  return {
    from,
    to: line.to,
    severity: "error",
    message: [said.text, said.hint].filter(Boolean).join("\n"),
  };
}
