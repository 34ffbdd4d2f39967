import i18next from "i18next";
import { useEffect } from "react";

import type { Schemas } from "./api";
import { languageNow, type Language } from "./texts";

/** A sentence of the API's, taken apart: `{name}` in its wording stands for each value. */
export interface Worded {
  wording: string;
  values?: Record<string, string | Worded>;
}
type Catalogue = Partial<Record<string, string>>;

// Most pages never need them, so that they come with the first sentence that does.
const sources: Record<Exclude<Language, "en">, () => Promise<{ default: Catalogue }>> = {
  zh: () => import("./wordings.zh.json"),
};
const known = new Map<string, Catalogue>();
const asked = new Map<string, Promise<void>>();

/** The translations are there, or can't be had now. */
export function wordings(language: string = languageNow()): Promise<void> {
  const source = (sources as Partial<typeof sources>)[language as "zh"];
  if (!source) return Promise.resolve();
  const before = asked.get(language);
  if (before) return before;
  const coming = source().then(
    ({ default: catalogue }) => {
      known.set(language, catalogue);
      // Whatever stands there in English already is drawn anew.
      if (i18next.language === language) i18next.emit("languageChanged", language);
    },
    () => void asked.delete(language),
  );
  asked.set(language, coming);
  return coming;
}

/** Brings them while nothing is wrong yet, for pages on which something often is. */
export function useWordings(): void {
  useEffect(() => void wordings(), []);
}

/** The sentence in a language; nothing: it isn't known in that one, or not yet. */
export function said(sentence: Worded, language: string = languageNow()): string | undefined {
  const { wording } = sentence;
  if (language === "en") return filled(sentence, wording, language);
  void wordings(language);
  const catalogue = known.get(language);
  if (!catalogue) return undefined;
  const translated = catalogue[wording] ?? (isOnlyValues(wording) ? wording : undefined);
  return translated === undefined ? undefined : filled(sentence, translated, language);
}

function filled({ values = {} }: Worded, text: string, language: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (typeof value !== "object") return value ?? whole;
    return said(value, language) ?? filled(value, value.wording, "en");
  });
}

/** Several sentences, a name, a place: nothing to be translated but what stands in it. */
const isOnlyValues = (wording: string): boolean =>
  !/\p{L}/u.test(wording.replaceAll(/\{\w+\}/g, ""));

type Problem = Pick<Schemas["ProblemOut"], "text" | "hint" | "worded" | "hint_worded">;

/** What is wrong in a file, and what to do, in the language of the page. */
export function problemSaid(problem: Problem): { text: string; hint: string } {
  return {
    text: said(problem.worded) ?? problem.text,
    hint: problem.hint && (said(problem.hint_worded) ?? problem.hint),
  };
}
