import "@mantine/dates/styles.css";
import "dayjs/locale/zh-cn";

import {
  DateInput,
  DatesProvider,
  DateTimePicker,
  TimePicker,
  type DatesProviderSettings,
  type TimePickerProps,
} from "@mantine/dates";
import type { ReactNode } from "react";

import { makeTexts, useLanguage } from "./texts";

const useTexts = makeTexts("dates", {
  en: {
    since: "From",
    until: "To",
    previousMonth: "Month before",
    nextMonth: "Next month",
    hours: "Hours",
    minutes: "Minutes",
    half: "Before or after noon",
    am: "AM",
    pm: "PM",
    take: "Take this time",
    noTime: "No time",
  },
  zh: {
    since: "从",
    until: "到",
    previousMonth: "上个月",
    nextMonth: "下个月",
    hours: "小时",
    minutes: "分钟",
    half: "上午或下午",
    am: "上午",
    pm: "下午",
    take: "确定",
    noTime: "不设时间",
  },
});

/** As `useFormats` writes them. */
const WRITTEN = {
  en: { locale: "en", day: "MMM D, YYYY", moment: "MMM D, YYYY, h:mm A", clock: "12h" },
  zh: { locale: "zh-cn", day: "YYYY年M月D日", moment: "YYYY年M月D日 HH:mm", clock: "24h" },
} as const;

interface Field {
  label: string;
  w?: number | string;
}

/** What all fields have; a browser's own would speak the browser's language. */
function useWritten() {
  const t = useTexts();
  const { locale, day, moment, clock } = WRITTEN[useLanguage()[0]];
  // Weekends aren't told apart: their red is hardly read on white.
  const settings: DatesProviderSettings = { locale, firstDayOfWeek: 1, weekendDays: [] };
  const labels = {
    previousMonth: t("previousMonth"),
    nextMonth: t("nextMonth"),
  };
  const time: TimePickerProps = {
    format: clock,
    amPmLabels: { am: t("am"), pm: t("pm") },
    hoursInputLabel: t("hours"),
    minutesInputLabel: t("minutes"),
    amPmInputLabel: t("half"),
  };
  return { settings, day, moment, labels, time };
}

/** A day, as "2026-11-21"; there always is one. */
export function DayField({
  value,
  min,
  max,
  onChange,
  ...field
}: Field & { value: string; min?: string; max?: string; onChange: (day: string) => void }) {
  const { settings, day, labels } = useWritten();
  return (
    <DatesProvider settings={settings}>
      <DateInput
        {...field}
        valueFormat={day}
        hideOutsideDates
        ariaLabels={labels}
        value={value}
        minDate={min}
        maxDate={max}
        onChange={(chosen) => chosen && onChange(chosen)}
      />
    </DatesProvider>
  );
}

/** A day, or none. */
export function MaybeDayField({
  value,
  onChange,
  ...field
}: Field & { value: string | null; onChange: (day: string | null) => void }) {
  const { settings, day, labels } = useWritten();
  return (
    <DatesProvider settings={settings}>
      <DateInput
        {...field}
        clearable
        valueFormat={day}
        hideOutsideDates
        ariaLabels={labels}
        value={value}
        onChange={onChange}
      />
    </DatesProvider>
  );
}

/** From a day to another one. */
export function DaysFields({
  since,
  until,
  onChange,
}: {
  since: string;
  until: string;
  onChange: (changed: { since: string } | { until: string }) => void;
}) {
  const t = useTexts();
  return (
    <>
      <DayField
        label={t("since")}
        w={150}
        value={since}
        max={until}
        onChange={(day) => onChange({ since: day })}
      />
      <DayField
        label={t("until")}
        w={150}
        value={until}
        min={since}
        onChange={(day) => onChange({ until: day })}
      />
    </>
  );
}

/** A time of the day, as "09:30"; empty: none. */
export function TimeField({
  value,
  onChange,
  ...field
}: Field & { value: string; onChange: (time: string) => void }) {
  const t = useTexts();
  const { time } = useWritten();
  return (
    <TimePicker
      {...field}
      {...time}
      clearable
      clearButtonProps={{ "aria-label": t("noTime") }}
      value={value}
      onChange={(chosen) => onChange(chosen.slice(0, 5))}
    />
  );
}

/** A moment, or none. */
export function MomentField({
  value,
  onChange,
  ...field
}: Field & { value: string | null; onChange: (moment: string | null) => void }): ReactNode {
  const t = useTexts();
  const { settings, moment, labels, time } = useWritten();
  return (
    <DatesProvider settings={settings}>
      <DateTimePicker
        {...field}
        clearable
        valueFormat={moment}
        hideOutsideDates
        ariaLabels={labels}
        timePickerProps={time}
        submitButtonProps={{ "aria-label": t("take") }}
        value={value}
        onChange={onChange}
      />
    </DatesProvider>
  );
}
