import { NumberInput } from "@mantine/core";

/** A whole number from 1. */
export function Numbers({
  label,
  help,
  value,
  most = 1_000_000,
  onChange,
}: {
  label: string;
  help?: string;
  value: number;
  most?: number;
  onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      {...(help ? { description: help } : {})}
      w={180}
      min={1}
      max={most}
      clampBehavior="strict"
      allowDecimal={false}
      value={value}
      onChange={(next) => setWhole(next, onChange)}
    />
  );
}

function setWhole(value: number | string, onChange: (value: number) => void) {
  const whole = Math.round(Number(value));
  if (whole >= 1) onChange(whole);
}
