import { yaml } from "@codemirror/lang-yaml";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { oneDark } from "@codemirror/theme-one-dark";
import { EditorView } from "@codemirror/view";
import { useComputedColorScheme } from "@mantine/core";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";

/**
 * One's own text with what is different in somebody else's; each difference can be taken back to
 * theirs, and the text can be edited further.
 */
export function Merge({
  mine,
  theirs,
  label,
  keep,
  take,
  onChange,
}: {
  mine: string;
  theirs: string;
  label: string;
  /** What the button says that leaves a difference as it is in one's own text. */
  keep: string;
  /** What the button says that takes theirs there. */
  take: string;
  onChange: (text: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const changed = useEffectEvent(onChange);
  const begin = useEffectEvent(
    (parent: HTMLElement) =>
      new EditorView({
        parent,
        state: EditorState.create({
          doc: mine,
          extensions: [
            basicSetup,
            yaml(),
            scheme === "dark" ? oneDark : [],
            EditorView.lineWrapping,
            EditorView.contentAttributes.of({ "aria-label": label }),
            EditorView.theme({ "&": { height: "100%" }, ".cm-scroller": { overflow: "auto" } }),
            unifiedMergeView({
              original: theirs,
              mergeControls: (kind, action) => {
                const button = document.createElement("button");
                button.textContent = kind === "accept" ? keep : take;
                button.onmousedown = action;
                button.onclick = (event) => event.detail === 0 && action(event); // by keyboard
                return button;
              },
              collapseUnchanged: { margin: 3, minSize: 6 },
            }),
            EditorView.updateListener.of((update) => {
              if (update.docChanged) changed(update.state.doc.toString());
            }),
          ],
        }),
      }),
  );
  useEffect(() => {
    if (!place.current) return;
    const view = begin(place.current);
    return () => view.destroy();
  }, [theirs]);
  return <div ref={place} style={{ height: "100%", overflow: "hidden" }} />;
}
