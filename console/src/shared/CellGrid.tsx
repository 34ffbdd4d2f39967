export interface Cell {
  colour: string;
  /** 0 to 1; a number stands on it in white where it is strong. */
  strength: number;
  title: string;
  /** What stands in it; empty: nothing. */
  text: string;
}

/** Faint enough to be seen as empty, strong enough to be seen at all. */
export const strengthOf = (share: number): number => 0.12 + 0.88 * share;

/** Of its size; where there is less room, it is rolled sideways. */
const SMALLEST = 0.78;

/** Cells in rows and columns, the stronger the colour the more. As an image with its words. */
export function CellGrid({
  title,
  rows,
  columns,
  cellOf,
  cell,
  left,
  top,
  right = 0,
  tilted = false,
  scaled = false,
  fontSize,
  isWhiteOn,
}: {
  title: string;
  /** What stands before a row, and all of it where that is too long. */
  rows: readonly { label: string; whole?: string }[];
  columns: readonly { label: string; whole?: string }[];
  cellOf: (row: number, column: number) => Cell;
  cell: { width: number; height: number };
  left: number;
  top: number;
  right?: number;
  /** Headings that are long. */
  tilted?: boolean;
  /** As wide as there is room, rather than as it is. */
  scaled?: boolean;
  fontSize: number;
  isWhiteOn: (strength: number) => boolean;
}) {
  const width = left + columns.length * cell.width + right;
  const height = top + rows.length * cell.height;
  const baseline = (row: number) => top + (row + 0.67) * cell.height;
  return (
    <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label={title}>
      <svg
        data-drawing
        role="img"
        aria-label={title}
        viewBox={`0 0 ${width} ${height}`}
        style={{
          display: "block",
          fontSize,
          ...(scaled ? { minWidth: width * SMALLEST, width: "100%" } : { width, maxWidth: "none" }),
        }}
      >
        {columns.map(({ label, whole }, column) => {
          const x = left + (column + 0.5) * cell.width;
          return (
            <text
              key={column}
              transform={`translate(${x} ${top - 8})${tilted ? " rotate(-35)" : ""}`}
              textAnchor={tilted ? "start" : "middle"}
              fill="currentColor"
            >
              {whole && <title>{whole}</title>}
              {label}
            </text>
          );
        })}
        {rows.map(({ label, whole }, row) => (
          <g key={row}>
            <text x={left - 8} y={baseline(row)} textAnchor="end" fill="currentColor">
              {whole && <title>{whole}</title>}
              {label}
            </text>
            {columns.map((_, column) => {
              const { colour, strength, title: told, text } = cellOf(row, column);
              return (
                <g key={column}>
                  <rect
                    x={left + column * cell.width + 1}
                    y={top + row * cell.height + 1}
                    width={cell.width - 2}
                    height={cell.height - 2}
                    rx={3}
                    fill={colour}
                    fillOpacity={strength}
                  >
                    <title>{told}</title>
                  </rect>
                  {text && (
                    <text
                      x={left + (column + 0.5) * cell.width}
                      y={baseline(row)}
                      textAnchor="middle"
                      fill={isWhiteOn(strength) ? "#ffffff" : "currentColor"}
                      pointerEvents="none"
                    >
                      {text}
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
