import type { Group } from "./asked";

/** Names with the most scorings, at most so many, in the order of the alphabet. */
export function namesOf(groups: readonly Group[], most: number): string[] {
  const counts = new Map<string, number>();
  groups.forEach((one) => counts.set(one.name, (counts.get(one.name) ?? 0) + one.count));
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([name]) => name)
    .toSorted((a, b) => a.localeCompare(b));
}

/**
 * One row a period with a value for each name that has one, as charts want it. Names are n0, n1, …:
 * people's own would be paths to a chart ("a.b").
 */
export function wayOf(groups: readonly Group[], names: readonly string[]) {
  const rows = new Map<string, Record<string, string | number>>();
  groups
    .toSorted((a, b) => a.part.localeCompare(b.part))
    .forEach((one) => {
      const place = names.indexOf(one.name);
      if (place < 0 || one.mean === null) return;
      const row = rows.get(one.part) ?? { period: one.part };
      row[`n${place}`] = Math.round(one.mean * 10) / 10;
      rows.set(one.part, row);
    });
  return [...rows.values()];
}
