import { Alert, Group, SegmentedControl, Stack, Text, TextInput, useMatches } from "@mantine/core";
import { useDeferredValue, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { EmptyState } from "../../shared/EmptyState";
import { Page } from "../../shared/Page";
import { useSession } from "../../shared/session";
import { Alarms } from "./Alarms";
import { CallDrawer } from "./CallDrawer";
import { CallRows } from "./CallRows";
import { found, type Stage } from "./filter";
import { store } from "./store";
import { useTexts } from "./texts";
import { Tiles } from "./Tiles";

const STAGES = ["all", "machine", "waiting", "person"] as const;

/** Calls in progress, the day's numbers, alarms; of whoever is signed in, and nobody before them. */
export function LivePage() {
  const { name, csrf } = useSession();
  useEffect(() => store.again(), [csrf]); // another session
  return <Live key={name} />;
}

function Live() {
  const t = useTexts();
  const picture = useSyncExternalStore(store.subscribe, store.read);
  const [wanted, setWanted] = useState("");
  const [stage, setStage] = useState<Stage>("all");
  const isNarrow = useMatches({ base: true, xs: false });
  const [opened, setOpened] = useState<string | null>(null);
  const words = useDeferredValue(wanted);
  const shown = useMemo(
    () => found(picture.calls.values(), words, stage),
    [picture.calls, words, stage],
  );
  const turnMs = picture.day?.goals.turn_ms ?? 1500;
  const isKnown = picture.link === "live" || picture.link === "lost";
  return (
    <Page title={t("live")}>
      <Stack gap="sm">
        <div>
          <Links />
          <Alarms alarms={picture.alarms} />
          {picture.day && <Tiles day={picture.day} />}
        </div>
        <Group align="end" gap="sm">
          <TextInput
            label={t("filter")}
            placeholder={t("filterHint")}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
            w={{ base: "100%", xs: 320 }}
          />
          <SegmentedControl
            aria-label={t("stage")}
            size={isNarrow ? "xs" : "sm"}
            fullWidth={isNarrow}
            w={isNarrow ? "100%" : undefined}
            value={stage}
            onChange={(value) => setStage(value)}
            data={STAGES.map((value) => ({ value, label: t(value) }))}
          />
          <Text size="sm" aria-live="off" pb={6}>
            {t("calls", { count: shown.length })}
          </Text>
        </Group>
        {picture.calls.size === 0 && picture.link === "live" ? (
          <EmptyState title={t("noCalls")}>{t("noCallsWhy")}</EmptyState>
        ) : shown.length === 0 && picture.calls.size > 0 ? (
          <EmptyState title={t("noMatch")} />
        ) : (
          <CallRows calls={shown} turnMs={turnMs} onOpen={setOpened} />
        )}
      </Stack>
      <CallDrawer
        id={isKnown ? opened : null}
        call={opened ? picture.calls.get(opened) : undefined}
        isEngineAway={picture.state.engine === "away"}
        turnMs={turnMs}
        onClose={() => setOpened(null)}
      />
    </Page>
  );
}

function Links() {
  const t = useTexts();
  const { link, state } = useSyncExternalStore(store.subscribe, store.read);
  const told =
    link === "connecting" || link === "lost" || link === "over"
      ? t(link)
      : state.engine === "away"
        ? t("engineAway")
        : state.database === "away"
          ? t("databaseAway")
          : "";
  return (
    <div role="status">
      {told && (
        <Alert mb="xs" color={link === "connecting" ? "gray" : "orange"}>
          {told}
        </Alert>
      )}
    </div>
  );
}
