import { Autocomplete, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dayjs from "dayjs";

import { MomentField } from "../../shared/dates";
import { choices, type Filters } from "./queries";
import { useTexts } from "./texts";

type Change = (changes: Record<string, string | null>) => void;

/** Everything that calls can be narrowed by; each field is a part of the address. */
export function FilterFields({ filters, change }: { filters: Filters; change: Change }) {
  const t = useTexts();
  const { data } = useQuery(choices);
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
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4, lg: 5 }} spacing="sm" verticalSpacing="xs">
      {moment("since", t("since"))}
      {moment("until", t("until"))}
      {part("caller", t("caller"))}
      {part("customer", t("customer"))}
      {text("flow", t("flow"), data?.flows ?? [])}
      {text("version", t("version"), [], t("versionHelp"))}
      {text("step", t("step"), data?.steps ?? [])}
      {text("outcome", t("outcome"), data?.outcomes ?? [])}
      {text("agent", t("agent"), data?.agents ?? [])}
      {text("language", t("language"), data?.languages ?? [])}
      {text("feeling", t("feeling"), data?.feelings ?? [])}
      {choice("state", t("state"), [
        { value: "live", label: t("live") },
        { value: "over", label: t("over") },
      ])}
      {choice("transferred", t("transferred"), yesOrNo)}
      {choice("recorded", t("recorded"), yesOrNo)}
      {least("silence_ms", t("silenceLeast"), 1000)}
      {least("no_matches", t("noMatchesLeast"))}
      {least("no_inputs", t("noInputsLeast"))}
      {least("slow_turns", t("slowLeast"))}
      {least("latency_ms", t("latencyLeast"))}
    </SimpleGrid>
  );
}
