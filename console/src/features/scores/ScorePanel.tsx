import { Accordion, Alert, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { useLanguage } from "../../shared/texts";
import { Editor } from "./Editor";
import { begin, scorecards, scoringsOf, textIn, type Scoring } from "./queries";
import { useTexts } from "./texts";

/** Scores a call while it is heard. */
export function ScorePanel({
  callId,
  positionMs,
  onSeek,
}: {
  callId: string;
  /** Where the sound is now, milliseconds since answer. */
  positionMs: () => number;
  onSeek: (ms: number) => void;
}) {
  const { role } = useSession();
  const query = useQuery(scoringsOf(callId));
  const mayScore = role === "administrator" || role === "supervisor";
  return (
    <Loaded query={query}>
      {(scorings) => (
        <Scorings
          callId={callId}
          scorings={scorings}
          mayScore={mayScore}
          positionMs={positionMs}
          onSeek={onSeek}
        />
      )}
    </Loaded>
  );
}

function Scorings({
  callId,
  scorings,
  mayScore,
  positionMs,
  onSeek,
}: {
  callId: string;
  scorings: Scoring[];
  mayScore: boolean;
  positionMs: () => number;
  onSeek: (ms: number) => void;
}) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const queries = useQueryClient();
  const mine = scorings.filter((one) => one.mine);
  const others = scorings.filter((one) => !one.mine);
  const [open, setOpen] = useState(mine[0]?.id ?? 0);
  const put = (scoring: Scoring) =>
    queries.setQueryData(scoringsOf(callId).queryKey, (before: Scoring[] | undefined) => [
      ...(before ?? []).filter((one) => one.id !== scoring.id),
      scoring,
    ]);
  const shown = mine.find((one) => one.id === open);
  return (
    <Stack gap="md">
      {mine.length > 1 && (
        <Group gap="xs" role="group" aria-label={t("mine")}>
          {mine.map((one) => (
            <Button
              key={one.id}
              size="xs"
              variant={one.id === open ? "filled" : "default"}
              aria-pressed={one.id === open}
              onClick={() => setOpen(one.id)}
            >
              {textIn(one.scorecard.title, language)}
            </Button>
          ))}
        </Group>
      )}
      {shown && (
        <Editor
          key={shown.id}
          first={shown}
          positionMs={positionMs}
          onSeek={onSeek}
          onChange={put}
          onDiscarded={() => void queries.invalidateQueries({ queryKey: ["scorings", callId] })}
        />
      )}
      {mayScore && (
        <Begin
          callId={callId}
          taken={mine.map((one) => one.scorecard.name)}
          onBegun={(scoring) => {
            put(scoring);
            setOpen(scoring.id);
          }}
        />
      )}
      {others.length > 0 && (
        <Accordion variant="separated" multiple keepMounted={false}>
          {others.map((one) => (
            <Accordion.Item key={one.id} value={String(one.id)}>
              <Accordion.Control>
                <Text size="sm">
                  {textIn(one.scorecard.title, language)} {t("by", { name: one.scorer })}:{" "}
                  <b>{typeof one.total === "number" ? formats.number(one.total) : "–"}</b>
                </Text>
              </Accordion.Control>
              <Accordion.Panel>
                <Editor
                  first={one}
                  positionMs={positionMs}
                  onSeek={onSeek}
                  onChange={() => undefined}
                  onDiscarded={() => undefined}
                />
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
      {!mayScore && scorings.length === 0 && <EmptyState title={t("nobody")} />}
    </Stack>
  );
}

function Begin({
  callId,
  taken,
  onBegun,
}: {
  callId: string;
  taken: string[];
  onBegun: (scoring: Scoring) => void;
}) {
  const t = useTexts();
  const [language] = useLanguage();
  const query = useQuery(scorecards);
  const [chosen, setChosen] = useState<string | null>(null);
  const start = useMutation({
    mutationFn: (name: string) => begin(callId, name),
    onSuccess: onBegun,
  });
  return (
    <Loaded query={query}>
      {(cards) => {
        const usable = cards.filter(
          (card) => card.problems.length === 0 && !taken.includes(card.name),
        );
        const name = usable.some((card) => card.name === chosen) ? chosen : usable[0]?.name;
        if (cards.length === 0) {
          return <EmptyState title={t("noScorecards")}>{t("noScorecardsWhy")}</EmptyState>;
        }
        return (
          <Stack gap="xs">
            {cards
              .filter((card) => card.problems.length > 0)
              .map((card) => (
                <Alert key={card.name} color="orange" title={t("broken", { name: card.name })}>
                  {card.problems[0]?.line}:{card.problems[0]?.column} {card.problems[0]?.text}
                </Alert>
              ))}
            {start.error && (
              <Alert color="red" role="alert">
                {start.error.message}
              </Alert>
            )}
            {name && (
              <>
                {taken.length === 0 && (
                  <Text size="sm" c="dimmed">
                    {t("beginWhy")}
                  </Text>
                )}
                <Group align="flex-end" gap="xs">
                  <Select
                    label={taken.length ? t("another") : t("scorecard")}
                    allowDeselect={false}
                    style={{ flex: 1, minWidth: 180 }}
                    data={usable.map((card) => ({
                      value: card.name,
                      label: textIn(card.title, language) || card.name,
                    }))}
                    value={name}
                    onChange={setChosen}
                  />
                  <Button loading={start.isPending} onClick={() => start.mutate(name)}>
                    {t("begin")}
                  </Button>
                </Group>
                <Text size="xs" c="dimmed">
                  {textIn(usable.find((card) => card.name === name)?.description, language)}
                </Text>
              </>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
