import dayjs from "dayjs";

import type { Schemas } from "../../shared/api";

export type Pictures = Schemas["PicturesOut"];
export type Figures = Schemas["FiguresOut"];
export type Period = Schemas["PeriodOut"];
export type Unit = "day" | "week" | "month";

export interface Asked {
  since: string;
  until: string;
  by: Unit;
  flow: string;
  version: string;
  language: string;
}

/** Best first: the eye compares what lies at the bottom. */
export const OUTCOMES = [
  ["served", "green"],
  ["person", "blue"],
  ["message", "violet"],
  ["no_person", "orange"],
  ["gave_up", "pink"],
  ["trouble", "red"],
  ["not_answered", "grey"],
] as const;

const units: readonly Unit[] = ["day", "week", "month"];
const isDay = (text: string | null): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");

/** What the page's address asks for; `today` is the last day where nothing is said. */
export function askedOf(params: URLSearchParams, today: string): Asked {
  const until = params.get("until");
  const last = isDay(until) ? until : today;
  const since = params.get("since");
  const by = params.get("by") as Unit | null;
  return {
    since: isDay(since) ? since : dayjs(last).subtract(29, "day").format("YYYY-MM-DD"),
    until: last,
    by: by && units.includes(by) ? by : "day",
    flow: params.get("flow") ?? "",
    version: params.get("version") ?? "",
    language: params.get("language") ?? "",
  };
}

/** The length of periods of which there are neither too few nor too many. */
export function unitFor(days: number): Unit {
  if (days > 200) return "month";
  return days > 60 ? "week" : "day";
}

export const daysOf = (asked: Asked): number => dayjs(asked.until).diff(asked.since, "day") + 1;

/** A period in few letters; one that isn't whole has a star. */
export function labelOf(period: Period, by: Unit, language: string): string {
  const at = (day: string) => new Date(`${day}T12:00:00Z`);
  const format = new Intl.DateTimeFormat(
    language,
    by === "month"
      ? { year: "numeric", month: "short", timeZone: "UTC" }
      : { month: "short", day: "numeric", timeZone: "UTC" },
  );
  const text =
    by === "week"
      ? format.formatRange(at(period.first), at(period.last))
      : format.format(at(period.first));
  return period.partial ? `${text} *` : text;
}

/** Names of the days of the week, Monday first. */
export function weekdaysIn(language: string): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, day) => format.format(new Date(Date.UTC(2026, 0, 5 + day))));
}

/** Calls of an hour on a mean day of its weekday. */
export const meansOf = (heat: Pictures["heat"]): number[][] =>
  heat.calls.map((row, day) =>
    row.map((calls) => (heat.days[day] ? Math.round((calls / heat.days[day]) * 10) / 10 : 0)),
  );
