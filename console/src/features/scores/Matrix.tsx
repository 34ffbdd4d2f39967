import { useFormats } from "../../shared/formats";
import { short, type Group } from "./asked";

const CELL = { width: 64, height: 30 };
const LEFT = 130;
const TOP = 165;
const RIGHT = 190;
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
  const width = LEFT + parts.length * CELL.width + RIGHT;
  const height = TOP + names.length * CELL.height;
  return (
    <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label={title}>
      <svg
        data-drawing
        role="img"
        aria-label={title}
        viewBox={`0 0 ${width} ${height}`}
        style={{ width, maxWidth: "none", fontSize: 12, display: "block" }}
      >
        {parts.map((part, column) => {
          const x = LEFT + (column + 0.5) * CELL.width;
          return (
            <text
              key={part}
              transform={`translate(${x} ${TOP - 8}) rotate(-35)`}
              fill="currentColor"
            >
              <title>{partOf(part)}</title>
              {short(partOf(part), 40)}
            </text>
          );
        })}
        {names.map((name, row) => (
          <g key={name}>
            <text
              x={LEFT - 8}
              y={TOP + (row + 0.65) * CELL.height}
              textAnchor="end"
              fill="currentColor"
            >
              <title>{nameOf(name)}</title>
              {short(nameOf(name), 18)}
            </text>
            {parts.map((part, column) => {
              const cell = cells.get(`${name}\n${part}`);
              const mean = cell?.mean ?? null;
              const strength =
                mean === null ? 0 : mean < WEAK ? 1 - mean / WEAK : (mean - WEAK) / (100 - WEAK);
              const opacity = mean === null ? 0.06 : 0.12 + 0.88 * strength;
              return (
                <g key={part}>
                  <rect
                    x={LEFT + column * CELL.width + 1}
                    y={TOP + row * CELL.height + 1}
                    width={CELL.width - 2}
                    height={CELL.height - 2}
                    rx={3}
                    fill={mean === null ? "#888888" : mean < WEAK ? "#b35900" : "#0072b2"}
                    fillOpacity={opacity}
                  >
                    <title>
                      {`${nameOf(name)}, ${partOf(part)}: ` +
                        (mean === null
                          ? "–"
                          : `${formats.number(mean)} (${formats.number(cell?.count ?? 0)})`)}
                    </title>
                  </rect>
                  {mean !== null && (
                    <text
                      x={LEFT + (column + 0.5) * CELL.width}
                      y={TOP + (row + 0.65) * CELL.height}
                      textAnchor="middle"
                      fill={opacity > 0.8 ? "#ffffff" : "currentColor"}
                      pointerEvents="none"
                    >
                      {formats.number(mean)}
                    </text>
                  )}
                </g>
              );
            })}
          </g>
        ))}
      </svg>
    </div>
  );
}
