import { Anchor, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { MomentField } from "../../shared/dates";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { useRoleName } from "../../shared/roles";
import { useOf, useReason } from "./audited";
import { useTexts } from "./texts";

type Act = Schemas["Act"];
/** Every act there is: one that the API knows and this page doesn't, doesn't compile. */
const ACTS = Object.keys({
  signed_in: 0,
  signed_out: 0,
  refused: 0,
  read: 0,
  read_call: 0,
  heard_recording: 0,
  saw_original: 0,
  listened_live: 0,
  ended_call: 0,
  searched: 0,
  exported: 0,
  scored: 0,
  changed: 0,
  erased: 0,
  held: 0,
} satisfies Record<Act, 0>) as Act[];
/** What is short stays on one line, however long what it was about is. */
const WHOLE = { whiteSpace: "nowrap" } as const;
const SETTLE_MS = 400;

/** Who looked at what, and who changed it. */
export function AuditPage() {
  const t = useTexts();
  const { second } = useFormats();
  const roleName = useRoleName();
  const reason = useReason();
  const [who, setWho] = useState("");
  const [of, setOf] = useState("");
  const [act, setAct] = useState<Act | null>(null);
  const [since, setSince] = useState<string | null>(null);
  const [until, setUntil] = useState<string | null>(null);
  const [before, setBefore] = useState<number | undefined>(undefined);
  const [settled] = useDebouncedValue({ who, of, act, since, until }, SETTLE_MS);
  const asked = {
    ...(settled.who ? { who: settled.who } : {}),
    ...(settled.of ? { of: settled.of } : {}),
    ...(settled.act ? { act: settled.act } : {}),
    ...(settled.since ? { since: new Date(settled.since).toISOString() } : {}),
    ...(settled.until ? { until: new Date(settled.until).toISOString() } : {}),
  };
  const query = useQuery({
    queryKey: ["audit", asked, before],
    queryFn: () =>
      got(
        api.GET("/api/v1/audit", {
          params: { query: { ...asked, ...(before ? { before } : {}) } },
        }),
      ),
    placeholderData: (last) => last,
  });
  const file = `/api/v1/audit.csv?${new URLSearchParams(asked).toString()}`;
  const named = (act: string) => {
    const known = ACTS.find((one) => one === act);
    return known ? t(`act_${known}`) : act;
  };
  function anew<T>(set: (value: T) => void) {
    return (value: T) => {
      set(value);
      setBefore(undefined);
    };
  }
  return (
    <Page
      title={t("audit")}
      actions={
        <Button component="a" href={file} variant="default">
          {t("export")}
        </Button>
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }} spacing="sm" verticalSpacing="xs">
        <TextInput
          label={t("who")}
          value={who}
          onChange={(event) => anew(setWho)(event.currentTarget.value)}
        />
        <Select
          label={t("act")}
          clearable
          placeholder={t("any")}
          value={act}
          data={ACTS.map((value) => ({ value, label: t(`act_${value}`) }))}
          onChange={(value) => anew(setAct)(ACTS.find((one) => one === value) ?? null)}
        />
        <TextInput
          label={t("of")}
          placeholder={t("ofHelp")}
          value={of}
          onChange={(event) => anew(setOf)(event.currentTarget.value)}
        />
        <MomentField label={t("from")} value={since} onChange={anew(setSince)} />
        <MomentField label={t("to")} value={until} onChange={anew(setUntil)} />
      </SimpleGrid>
      <Loaded query={query}>
        {({ entries, next }) => (
          <Stack>
            <ListTable
              rows={entries}
              columns={[t("when"), t("who"), t("act"), t("of"), t("why")]}
              empty={[t("noEntries"), t("noEntriesWhy")]}
              minWidth={720}
            >
              {(entry) => (
                <ListRow
                  key={entry.id}
                  cells={[
                    <span key="at" style={WHOLE}>
                      {second(entry.at)}
                    </span>,
                    <span key="who" style={WHOLE}>
                      {entry.who}{" "}
                      <Text span size="xs" c="dimmed">
                        {roleName(entry.role)}
                      </Text>
                    </span>,
                    <span key="act" style={WHOLE}>
                      {named(entry.act)}
                    </span>,
                    <Of key="of" of={entry.of} />,
                    reason(entry.why),
                  ]}
                />
              )}
            </ListTable>
            <Group>
              {before !== undefined && (
                <Button variant="default" onClick={() => setBefore(undefined)}>
                  {t("newest")}
                </Button>
              )}
              {next !== null && (
                <Button variant="default" onClick={() => setBefore(next)}>
                  {t("older")}
                </Button>
              )}
            </Group>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** What it was done to; a call is a way to it. */
function Of({ of }: { of: string }) {
  const nameOf = useOf();
  const call = /(?:^| of )call (\w+)$/.exec(of)?.[1];
  return call ? (
    <Anchor component={Link} to={`/calls/${call}`} size="sm">
      {nameOf(of)}
    </Anchor>
  ) : (
    nameOf(of)
  );
}
