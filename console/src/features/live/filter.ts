import type { LiveCall } from "./store";

export type Stage = "all" | LiveCall["stage"];
const ORDER = { waiting: 0, person: 1, machine: 1, ringing: 1, ended: 2 } as const;

/** The calls to show: who waits longest first, then the newest calls, then those that are over. */
export function found(calls: Iterable<LiveCall>, wanted: string, stage: Stage): LiveCall[] {
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const shown = [...calls].filter(
    (call) =>
      (stage === "all" || call.stage === stage) &&
      words.every((word) => textOf(call).includes(word)),
  );
  return shown.sort(
    (a, b) =>
      ORDER[a.stage] - ORDER[b.stage] ||
      (a.stage === "waiting"
        ? (a.since ?? "").localeCompare(b.since ?? "")
        : (b.started_at ?? "").localeCompare(a.started_at ?? "")) ||
      a.id.localeCompare(b.id),
  );
}

const textOf = (call: LiveCall): string =>
  [call.caller, call.customer, call.flow, call.step, call.queue, call.agent, call.node, call.id]
    .join(" ")
    .toLocaleLowerCase();
