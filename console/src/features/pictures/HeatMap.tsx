import { CellGrid, strengthOf } from "../../shared/CellGrid";
import { useFormats } from "../../shared/formats";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

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
  return (
    <CellGrid
      title={title}
      rows={means.map((_, day) => ({ label: weekdays[day] ?? "" }))}
      columns={HOURS.map((hour) => ({ label: String(hour) }))}
      cellOf={(day, hour) => {
        const mean = means[day]?.[hour] ?? 0;
        return {
          colour: "#0072b2",
          strength: mean ? strengthOf(mean / most) : 0.04,
          title: `${weekdays[day] ?? ""} ${hour}:00 – ${formats.number(mean)}`,
          text: mean ? formats.number(mean) : "",
        };
      }}
      cell={{ width: 25, height: 24 }}
      left={44}
      top={20}
      scaled
      fontSize={12.5}
      isWhiteOn={(strength) => strength > strengthOf(0.5)}
    />
  );
}
