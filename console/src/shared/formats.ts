import { useMemo } from "react";

import { useLanguage } from "./texts";

/** How times, durations and numbers are written in the language of the interface. */
export function useFormats() {
  const [language] = useLanguage();
  return useMemo(() => formatsOf(language), [language]);
}

export function formatsOf(language: string) {
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const second = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const list = new Intl.ListFormat(language);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const named = new Intl.DisplayNames(language, { type: "language", fallback: "code" });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const ms = new Intl.NumberFormat(language, { style: "unit", unit: "millisecond" });
  const seconds = new Intl.NumberFormat(language, {
    style: "unit",
    unit: "second",
    unitDisplay: "narrow",
    maximumFractionDigits: 1,
  });
  return {
    time: (at: string | Date) => time.format(new Date(at)),
    second: (at: string | Date) => second.format(new Date(at)),
    day: (at: string | Date) => day.format(dayOf(at)),
    /** A message of the API with its days as people write them. */
    days: (text: string) => text.replace(/\b\d{4}-\d\d-\d\d\b/g, (at) => day.format(dayOf(at))),
    clock: (at: string | Date) => clock.format(new Date(at)),
    /** A message of the API with its moments as people write them. */
    within: (text: string) =>
      text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00/g, (at) => time.format(new Date(at))),
    number: (value: number) => number.format(value),
    /** "a, b and c". */
    list: (items: readonly string[]) => list.format(items),
    /** "1,517 ms"; as the language writes the unit. */
    ms: (value: number) => ms.format(Math.round(value)),
    /** "3.7s"; as the language writes the unit. */
    seconds: (value: number) => seconds.format(value),
    percent: (share: number) => percent.format(share),
    /** "en" is "English", or "英语". */
    language: (tag: string) => languageIn(named, tag),
    /** For a choice of languages. */
    languages: (tags: readonly string[]) =>
      tags.map((tag) => ({ value: tag, label: languageIn(named, tag) })),
    /** 75 s is "1:15". */
    duration: durationOf,
  };
}

/** "2026-11-21" is that day wherever somebody is, not midnight in Greenwich. */
const dayOf = (at: string | Date) =>
  new Date(typeof at === "string" && at.length === 10 ? `${at}T00:00` : at);

function languageIn(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag; // what isn't a language's tag stays as it is
  }
}

/** Words that run from right to left among others, so that they don't turn those round. */
export const isolated = (text: string): string =>
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/.test(text)
    ? `\u2068${text}\u2069`
    : text;

export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? part : String(part).padStart(2, "0"))).join(":");
}
