import { Autocomplete, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dayjs from "dayjs";

import { MomentField } from "../../shared/dates";
import { useFormats } from "../../shared/formats";
import { useFeeling, useOutcome } from "../../shared/outcomes";
import { choices, type Filters } from "./queries";
import { useTexts } from "./texts";

type Change = (changes: Record<string, string | null>) => void;

/** Everything that calls can be narrowed by; each field is a part of the address. */
export function FilterFields({ filters, change }: { filters: Filters; change: Change }) {
  const t = useTexts();
  const named = useOutcome();
  const felt = useFeeling();
  const { language } = useFormats();
  const { data } = useQuery(choices);
  // What calls have had, and what the address asks for, in words.
  const among = (name: string, values: readonly string[] = [], shown: (value: string) => string) =>
    [...new Set([...values, filters[name] ?? ""])]
      .filter(Boolean)
      .map((value) => ({ value, label: shown(value) }));
  const text = (name: string, label: string, options: string[], placeholder?: string) => (
    <Autocomplete
      key={`${name}=${filters[name] ?? ""}`}
      label={label}
      placeholder={placeholder}
      data={options}
      limit={50}
      defaultValue={filters[name] ?? ""}
      onBlur={(event) => change({ [name]: event.currentTarget.value.trim() })}
      onOptionSubmit={(value) => change({ [name]: value })}
      onKeyDown={(event) =>
        event.key === "Enter" && change({ [name]: event.currentTarget.value.trim() })
      }
    />
  );
  const part = (name: string, label: string) => (
    <TextInput
      key={`${name}=${filters[name] ?? ""}`}
      label={label}
      placeholder={t("partOf")}
      maxLength={200}
      defaultValue={filters[name] ?? ""}
      onBlur={(event) => change({ [name]: event.currentTarget.value.trim() })}
      onKeyDown={(event) =>
        event.key === "Enter" && change({ [name]: event.currentTarget.value.trim() })
      }
    />
  );
  const least = (name: string, label: string, unit = 1) => (
    <NumberInput
      key={`${name}=${filters[name] ?? ""}`}
      label={label}
      min={0}
      max={100_000}
      allowDecimal={unit > 1}
      defaultValue={filters[name] ? Number(filters[name]) / unit : ""}
      onBlur={(event) => {
        const wanted = Number(event.currentTarget.value);
        change({ [name]: wanted > 0 ? String(Math.round(wanted * unit)) : null });
      }}
    />
  );
  const choice = (name: string, label: string, options: { value: string; label: string }[]) => (
    <Select
      label={label}
      placeholder={t("any")}
      clearable
      searchable
      data={options}
      value={filters[name] ?? null}
      onChange={(value) => change({ [name]: value })}
    />
  );
  const moment = (name: string, label: string) => (
    <MomentField
      label={label}
      value={filters[name] ? dayjs(filters[name]).format("YYYY-MM-DD HH:mm:ss") : null}
      onChange={(value) => change({ [name]: value ? dayjs(value).toISOString() : null })}
    />
  );
  const yesOrNo = [
    { value: "true", label: t("yes") },
    { value: "false", label: t("no") },
  ];
  return (
    <SimpleGrid
      cols={{ base: 2, md: 4, lg: 5 }}
      spacing="sm"
      verticalSpacing="xs"
      style={{ alignItems: "end" }}
    >
      {moment("since", t("since"))}
      {moment("until", t("until"))}
      {part("caller", t("caller"))}
      {part("customer", t("customer"))}
      {text("flow", t("flow"), data?.flows ?? [])}
      {text("version", t("version"), [], t("versionHelp"))}
      {text("step", t("step"), data?.steps ?? [])}
      {choice("outcome", t("outcome"), among("outcome", data?.outcomes, named))}
      {text("agent", t("agent"), data?.agents ?? [])}
      {choice("language", t("language"), among("language", data?.languages, language))}
      {choice("feeling", t("feeling"), among("feeling", data?.feelings, felt))}
      {choice("state", t("state"), [
        { value: "live", label: t("live") },
        { value: "over", label: t("over") },
      ])}
      {choice("transferred", t("transferred"), yesOrNo)}
      {choice("recorded", t("recorded"), yesOrNo)}
      {choice("consent", t("consent"), [
        { value: "heard", label: t("toldHeard") },
        { value: "cut_short", label: t("toldCut") },
        { value: "not_told", label: t("toldNot") },
      ])}
      {least("silence_ms", t("silenceLeast"), 1000)}
      {least("no_matches", t("noMatchesLeast"))}
      {least("no_inputs", t("noInputsLeast"))}
      {least("slow_turns", t("slowLeast"))}
      {least("latency_ms", t("latencyLeast"))}
    </SimpleGrid>
  );
}
