import "@mantine/dates/styles.css";
import "dayjs/locale/zh-cn";

import { DateInput, DatesProvider, DateTimePicker } from "@mantine/dates";
import type { ReactNode } from "react";

import { useLanguage } from "./texts";

/** As `useFormats` writes them. */
const WRITTEN = {
  en: { locale: "en", day: "MMM D, YYYY", moment: "MMM D, YYYY, h:mm A", firstDayOfWeek: 1 },
  zh: { locale: "zh-cn", day: "YYYY年M月D日", moment: "YYYY年M月D日 HH:mm", firstDayOfWeek: 1 },
} as const;

interface Field {
  label: string;
  w?: number | string;
}

function Dated({ children }: { children: (written: (typeof WRITTEN)["en" | "zh"]) => ReactNode }) {
  const written = WRITTEN[useLanguage()[0]];
  return <DatesProvider settings={written}>{children(written)}</DatesProvider>;
}

/** A day, as "2026-11-21"; there always is one. A browser's own field speaks the browser's language. */
export function DayField({
  value,
  min,
  max,
  onChange,
  ...field
}: Field & { value: string; min?: string; max?: string; onChange: (day: string) => void }) {
  return (
    <Dated>
      {({ day }) => (
        <DateInput
          {...field}
          valueFormat={day}
          value={value}
          minDate={min}
          maxDate={max}
          onChange={(chosen) => chosen && onChange(chosen)}
        />
      )}
    </Dated>
  );
}

/** A moment, or none. */
export function MomentField({
  value,
  onChange,
  ...field
}: Field & { value: string | null; onChange: (moment: string | null) => void }) {
  return (
    <Dated>
      {({ moment }) => (
        <DateTimePicker
          {...field}
          clearable
          valueFormat={moment}
          value={value}
          onChange={onChange}
        />
      )}
    </Dated>
  );
}
