import { Alert, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { ApiError } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useLanguage } from "../../shared/texts";
import { problemSaid } from "../../shared/worded";
import { begin, scorecards, textIn, type IfTaken, type Scoring } from "./queries";
import { useTexts } from "./texts";

/** Chooses a scorecard and begins; when somebody else has begun, says so and lets one choose. */
export function Begin({
  callId,
  taken,
  wanted,
  isFirst,
  onBegun,
}: {
  callId: string;
  /** By these one has begun already. */
  taken: string[];
  /** Chosen before anybody chooses. */
  wanted: string;
  /** Nothing else is to be done first. */
  isFirst: boolean;
  onBegun: (scoring: Scoring) => void;
}) {
  const t = useTexts();
  const [language] = useLanguage();
  const formats = useFormats();
  const query = useQuery(scorecards);
  const [chosen, setChosen] = useState(wanted);
  const root = useRef<HTMLDivElement>(null);
  const usable = (query.data ?? []).filter(
    (card) => card.problems.length === 0 && !taken.includes(card.name),
  );
  const name = usable.find((card) => card.name === chosen)?.name ?? usable[0]?.name;
  const start = useMutation({
    mutationFn: (ifTaken: IfTaken) => begin(callId, name ?? "", ifTaken),
    onSuccess: onBegun,
  });
  const isTaken = start.error instanceof ApiError && start.error.code === "score_taken";
  useWindowEvent("keydown", (event) => {
    if (!event.ctrlKey || event.key !== "Enter" || !isFirst || isTaken) return;
    if (!root.current?.offsetParent || !name || start.isPending) return;
    event.preventDefault();
    start.mutate("refuse");
  });
  return (
    <Loaded query={query}>
      {(cards) =>
        cards.length === 0 ? (
          <EmptyState title={t("noScorecards")}>{t("noScorecardsWhy")}</EmptyState>
        ) : (
          <Stack gap="xs" ref={root}>
            {cards
              .filter((card) => card.problems.length > 0)
              .map((card) => (
                <Alert key={card.name} color="orange" title={t("broken", { name: card.name })}>
                  {card.problems
                    .slice(0, 1)
                    .map((one) => `${one.line}:${one.column} ${problemSaid(one).text}`)}
                </Alert>
              ))}
            {start.error && (
              <Alert
                color={isTaken ? "yellow" : "red"}
                role="alert"
                title={isTaken ? t("taken") : undefined}
              >
                <Stack gap="xs" align="flex-start">
                  <Text size="sm">{formats.within(start.error.message)}</Text>
                  {isTaken && (
                    <Group gap="xs">
                      <Button size="xs" onClick={() => start.mutate("beside")}>
                        {t("beside")}
                      </Button>
                      <Button size="xs" variant="default" onClick={() => start.mutate("take_over")}>
                        {t("takeOver")}
                      </Button>
                    </Group>
                  )}
                </Stack>
              </Alert>
            )}
            {name && (
              <>
                {isFirst && (
                  <Text size="sm" c="dimmed">
                    {t("beginWhy")}
                  </Text>
                )}
                <Group align="flex-end" gap="xs">
                  <Select
                    label={t(isFirst ? "scorecard" : "another")}
                    allowDeselect={false}
                    style={{ flex: 1, minWidth: 180 }}
                    data={usable.map((card) => ({
                      value: card.name,
                      label: textIn(card.title, language) || card.name,
                    }))}
                    value={name}
                    onChange={(value) => {
                      setChosen(value ?? "");
                      start.reset();
                    }}
                  />
                  <Button
                    loading={start.isPending}
                    title={isFirst ? "Ctrl+Enter" : undefined}
                    variant={isFirst ? "filled" : "default"}
                    onClick={() => start.mutate("refuse")}
                  >
                    {t("begin")}
                  </Button>
                </Group>
                <Text size="xs" c="dimmed">
                  {textIn(usable.find((card) => card.name === name)?.description, language)}
                </Text>
              </>
            )}
          </Stack>
        )
      }
    </Loaded>
  );
}
