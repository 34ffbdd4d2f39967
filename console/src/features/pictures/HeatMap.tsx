import { useFormats } from "../../shared/formats";

const CELL = { width: 25, height: 24 };
const LEFT = 44;
const TOP = 20;

/** Means by weekday and hour: the fuller, the stronger the one colour. */
export function HeatMap({
  means,
  weekdays,
  title,
}: {
  means: readonly (readonly number[])[];
  weekdays: readonly string[];
  title: string;
}) {
  const formats = useFormats();
  const most = Math.max(...means.flat(), 0);
  const width = LEFT + 24 * CELL.width;
  const height = TOP + 7 * CELL.height;
  return (
    <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label={title}>
      <svg
        data-drawing
        role="img"
        aria-label={title}
        viewBox={`0 0 ${width} ${height}`}
        style={{ minWidth: 620, width: "100%", fontSize: 11 }}
      >
        {Array.from({ length: 24 }, (_, hour) => (
          <text
            key={hour}
            x={LEFT + (hour + 0.5) * CELL.width}
            y={TOP - 7}
            textAnchor="middle"
            fill="currentColor"
          >
            {hour}
          </text>
        ))}
        {means.map((row, day) => (
          <g key={weekdays[day]}>
            <text
              x={LEFT - 8}
              y={TOP + (day + 0.68) * CELL.height}
              textAnchor="end"
              fill="currentColor"
            >
              {weekdays[day]}
            </text>
            {row.map((mean, hour) => {
              const share = most ? mean / most : 0;
              return (
                <g key={hour}>
                  <rect
                    x={LEFT + hour * CELL.width + 1}
                    y={TOP + day * CELL.height + 1}
                    width={CELL.width - 2}
                    height={CELL.height - 2}
                    rx={3}
                    fill="#0072b2"
                    fillOpacity={mean ? 0.12 + 0.88 * share : 0.04}
                  >
                    <title>{`${weekdays[day] ?? ""} ${hour}:00 – ${formats.number(mean)}`}</title>
                  </rect>
                  {mean > 0 && (
                    <text
                      x={LEFT + (hour + 0.5) * CELL.width}
                      y={TOP + (day + 0.68) * CELL.height}
                      textAnchor="middle"
                      fill={share > 0.5 ? "#ffffff" : "currentColor"}
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
