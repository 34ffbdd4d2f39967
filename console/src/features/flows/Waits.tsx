import { Button, Checkbox, Group, JsonInput, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";

import type { Schemas } from "../../shared/api";
import { useTexts } from "./tryTexts";
import type { Move } from "./Try";

const SURE = 0.9;
const UNSURE = 0.4;

type OnMove = (move: Move, said: string) => void;

/** What can be done now: the caller speaks, presses or is silent; or a system answers. */
export function Waits({
  waits,
  isBusy,
  onMove,
  voice,
}: {
  waits: Schemas["WaitOut"];
  isBusy: boolean;
  onMove: OnMove;
  /** How the caller speaks by voice. */
  voice: ReactNode;
}) {
  const t = useTexts();
  switch (waits.what) {
    case "over":
      return <Text c="dimmed">{t("callOver")}</Text>;
    case "caller":
      return (
        <>
          <Speak isBusy={isBusy} onMove={onMove} />
          {voice}
        </>
      );
    case "message":
      return (
        <Group>
          <Button onClick={() => onMove({ do: "message", recorded: true }, "")}>
            {t("messageLeft")}
          </Button>
          <Button variant="default" onClick={() => onMove({ do: "message", recorded: false }, "")}>
            {t("nothingSaid")}
          </Button>
        </Group>
      );
    case "transfer":
    case "queue":
      return <Ends details={waits.details ?? {}} onMove={onMove} />;
    default:
      return <Answer waits={waits} isBusy={isBusy} onMove={onMove} />;
  }
}

function Speak({ isBusy, onMove }: { isBusy: boolean; onMove: OnMove }) {
  const t = useTexts();
  const [isUnsure, setUnsure] = useState(false);
  const [words, setWords] = useState("");
  const [keys, setKeys] = useState("");
  return (
    <Stack gap="xs">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const texts = words
            .split("|")
            .map((one) => one.trim())
            .filter(Boolean)
            .slice(0, 10);
          if (texts.length === 0) return;
          onMove({ do: "say", texts, confidence: isUnsure ? UNSURE : SURE }, texts.join(" | "));
        }}
      >
        <Group align="flex-end" wrap="nowrap">
          <TextInput
            style={{ flex: 1 }}
            label={t("say")}
            description={t("sayHelp")}
            maxLength={500}
            autoFocus
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <Button type="submit" loading={isBusy}>
            {t("send")}
          </Button>
        </Group>
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (keys) onMove({ do: "keys", keys }, keys);
        }}
      >
        <Group align="flex-end">
          <TextInput
            label={t("keys")}
            w={140}
            pattern="[0-9*#]*"
            inputMode="tel"
            maxLength={64}
            value={keys}
            onChange={(event) => setKeys(event.currentTarget.value)}
          />
          <Button variant="default" type="submit">
            {t("press")}
          </Button>
          <Button variant="default" onClick={() => onMove({ do: "silence" }, "…")}>
            {t("silence")}
          </Button>
          <Checkbox
            label={t("unsure")}
            pb={8}
            checked={isUnsure}
            onChange={(event) => setUnsure(event.currentTarget.checked)}
          />
        </Group>
      </form>
    </Stack>
  );
}

function Ends({ details, onMove }: { details: Record<string, unknown>; onMove: OnMove }) {
  const t = useTexts();
  const target = details.target ?? details.queue;
  const ends = Array.isArray(details.ends) ? (details.ends as string[]) : [];
  return (
    <Stack gap="xs">
      <Text>{t("waitsFor", { what: typeof target === "string" ? target : "" })}</Text>
      <Group>
        {ends.map((outcome) => (
          <Button
            key={outcome}
            variant="default"
            onClick={() =>
              onMove({ do: "handover", outcome } as Extract<Move, { do: "handover" }>, "")
            }
          >
            {outcome.replaceAll("_", " ")}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}

function Answer({
  waits,
  isBusy,
  onMove,
}: {
  waits: Schemas["WaitOut"];
  isBusy: boolean;
  onMove: OnMove;
}) {
  const t = useTexts();
  const [text, setText] = useState("{}");
  const [isBad, setBad] = useState(false);
  const isLookup = waits.what === "lookup";
  const answer = (outcome: string) => {
    let record: unknown;
    try {
      record = JSON.parse(text || "{}");
    } catch {
      record = null;
    }
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      setBad(true);
      return;
    }
    onMove({ do: waits.what, outcome, record } as Move, "");
  };
  const ends = isLookup
    ? ([
        ["found", t("found")],
        ["missing", t("missing")],
        ["failed", t("failed")],
      ] as const)
    : ([
        ["done", t("done")],
        ["refused", t("refused")],
        ["failed", t("failed")],
      ] as const);
  return (
    <Stack gap="xs">
      <Text>{t("waitsFor", { what: JSON.stringify(waits.details) })}</Text>
      <JsonInput
        label={t("recordJson")}
        autosize
        minRows={2}
        value={text}
        error={isBad && t("badJson")}
        onChange={(value) => {
          setText(value);
          setBad(false);
        }}
      />
      <Group>
        {ends.map(([outcome, name]) => (
          <Button key={outcome} variant="default" loading={isBusy} onClick={() => answer(outcome)}>
            {name}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
