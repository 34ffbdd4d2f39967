import { CellGrid, strengthOf } from "../../shared/CellGrid";
import { useFormats } from "../../shared/formats";
import { short, type Group } from "./asked";

/** Below, somebody has to do something about it. */
const WEAK = 70;
const MOST_ROWS = 40;

/** Means by name and part. Weak ones are orange, strong ones blue, the number stands in it. */
export function Matrix({
  title,
  groups,
  nameOf,
  partOf,
  parts,
}: {
  title: string;
  groups: readonly Group[];
  nameOf: (name: string) => string;
  partOf: (part: string) => string;
  /** In their order. */
  parts: readonly string[];
}) {
  const formats = useFormats();
  const names = [...new Set(groups.map((one) => one.name))].slice(0, MOST_ROWS);
  const cells = new Map(groups.map((one) => [`${one.name}\n${one.part}`, one]));
  return (
    <CellGrid
      title={title}
      rows={names.map((name) => ({ label: short(nameOf(name), 18), whole: nameOf(name) }))}
      columns={parts.map((part) => ({ label: short(partOf(part), 40), whole: partOf(part) }))}
      cellOf={(row, column) => {
        const [name, part] = [names[row] ?? "", parts[column] ?? ""];
        const found = cells.get(`${name}\n${part}`);
        const mean = found?.mean ?? null;
        const told = `${nameOf(name)}, ${partOf(part)}: `;
        if (mean === null) {
          return { colour: "#888888", strength: 0.06, title: `${told}–`, text: "" };
        }
        const isWeak = mean < WEAK;
        return {
          colour: isWeak ? "#b35900" : "#0072b2",
          strength: strengthOf(isWeak ? 1 - mean / WEAK : (mean - WEAK) / (100 - WEAK)),
          title: `${told}${formats.number(mean)} (${formats.number(found?.count ?? 0)})`,
          text: formats.number(mean),
        };
      }}
      cell={{ width: 64, height: 30 }}
      left={130}
      top={165}
      right={190}
      tilted
      fontSize={12}
      isWhiteOn={(strength) => strength > 0.8}
    />
  );
}
