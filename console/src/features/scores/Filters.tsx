import { Group, Pill, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { DaysFields } from "../../shared/dates";
import { useLanguage } from "../../shared/texts";
import { choices, type Ask, type Asked } from "./asked";
import { scorecards, textIn } from "./queries";
import { useTexts } from "./texts";

/** Which scorings, or calls, are meant. */
export function Filters({ asked, ask }: { asked: Asked; ask: Ask }) {
  const t = useTexts();
  const [language] = useLanguage();
  const cards = useQuery(scorecards);
  const known = useQuery(choices);
  const named = { agent: known.data?.agents ?? [], flow: known.data?.flows ?? [] };
  return (
    <Group gap="xs" align="flex-end">
      <DaysFields since={asked.since} until={asked.until} onChange={ask} />
      <Select
        label={t("scorecard")}
        placeholder={t("all")}
        clearable
        data={(cards.data ?? []).map((card) => ({
          value: card.name,
          label: textIn(card.title, language) || card.name,
        }))}
        value={asked.scorecard || null}
        onChange={(scorecard) => ask({ scorecard: scorecard ?? "" })}
      />
      {(["agent", "flow"] as const).map((key) => (
        <Select
          key={key}
          label={t(key)}
          placeholder={t("all")}
          w={160}
          clearable
          searchable
          data={[...new Set([...named[key], ...(asked[key] ? [asked[key]] : [])])]}
          value={asked[key] || null}
          onChange={(value) => ask({ [key]: value ?? "" })}
        />
      ))}
      {(["version", "scorer"] as const).map(
        (key) =>
          asked[key] && (
            <Pill
              key={key}
              size="md"
              withRemoveButton
              removeButtonProps={{ "aria-label": t("noFilter"), "aria-hidden": false }}
              onRemove={() => ask({ [key]: "" })}
            >
              {t(key === "scorer" ? "scorer" : "by_flow_version")}: {asked[key].slice(0, 12)}
            </Pill>
          ),
      )}
    </Group>
  );
}
