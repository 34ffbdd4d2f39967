import { Accordion, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { useLanguage } from "../../shared/texts";
import { Begin } from "./Begin";
import { Comparison } from "./Comparison";
import { Editor } from "./Editor";
import { desk, scoringsOf, textIn, type Scoring } from "./queries";
import { nextCall, useQueue, withDone } from "./queue";
import { QueueBar, toScore } from "./QueueBar";
import { useTexts } from "./texts";

interface Sound {
  callId: string;
  /** Where the sound is now, milliseconds since answer. */
  positionMs: () => number;
  onSeek: (ms: number) => void;
}

/** Scores a call while it is heard. */
export function ScorePanel(sound: Sound) {
  const { role } = useSession();
  const query = useQuery(scoringsOf(sound.callId));
  const mayScore = role === "administrator" || role === "supervisor";
  return (
    <Loaded query={query}>
      {(scorings) => <Scorings {...sound} scorings={scorings} mayScore={mayScore} />}
    </Loaded>
  );
}

function Scorings({
  callId,
  scorings,
  mayScore,
  positionMs,
  onSeek,
}: Sound & { scorings: Scoring[]; mayScore: boolean }) {
  const t = useTexts();
  const [language] = useLanguage();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { name } = useSession();
  const { queue, setQueue, endQueue } = useQueue(name);
  const isQueued = mayScore && queue !== null && queue.calls.includes(callId);
  const mine = scorings.filter((one) => one.mine);
  const others = scorings.filter((one) => !one.mine);
  const wanted = queue && isQueued ? queue.scorecard : "";
  const [open, setOpen] = useState(0);
  const put = (scoring: Scoring) =>
    queries.setQueryData(scoringsOf(callId).queryKey, (before: Scoring[] | undefined) =>
      before?.some((one) => one.id === scoring.id)
        ? before.map((one) => (one.id === scoring.id ? scoring : one))
        : [...(before ?? []), scoring],
    );
  const opened = (scoring: Scoring) => {
    put(scoring);
    setOpen(scoring.id);
  };
  const shown =
    mine.find((one) => one.id === open) ??
    mine.find((one) => one.scorecard.name === wanted) ??
    (wanted ? undefined : mine[0]);
  const next = queue && isQueued ? nextCall(queue, callId) : null;
  return (
    <Stack gap="md">
      {queue && isQueued && (
        <QueueBar queue={queue} callId={callId} setQueue={setQueue} endQueue={endQueue} />
      )}
      {mine.length > (shown ? 1 : 0) && (
        <Group gap="xs" role="group" aria-label={t("mine")}>
          {mine.map((one) => (
            <Button
              key={one.id}
              size="xs"
              variant={one.id === shown?.id ? "filled" : "default"}
              aria-pressed={one.id === shown?.id}
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
          onGone={() => void queries.invalidateQueries({ queryKey: ["scorings", callId] })}
          onOwn={(own) => {
            void queries.invalidateQueries({ queryKey: ["scorings", callId] });
            opened(own);
          }}
          onFinished={() => {
            if (queue && isQueued) setQueue(withDone(queue, callId));
            void queries.invalidateQueries({ queryKey: desk.queryKey });
          }}
          onNext={next ? () => void navigate(toScore(next)) : null}
        />
      )}
      {mayScore && (
        <Begin
          callId={callId}
          taken={mine.map((one) => one.scorecard.name)}
          wanted={wanted}
          isFirst={!shown}
          onBegun={opened}
        />
      )}
      {others.length > 0 && (
        <Accordion variant="separated" multiple keepMounted={false}>
          {others.map((one) => (
            <Other
              key={one.id}
              one={one}
              mine={mine.find((own) => own.scorecard.name === one.scorecard.name)}
              positionMs={positionMs}
              onSeek={onSeek}
            />
          ))}
        </Accordion>
      )}
      {!mayScore && scorings.length === 0 && <EmptyState title={t("nobody")} />}
    </Stack>
  );
}

/** What somebody else said; while one scores by the same scorecard, nobody should know it. */
function Other({
  one,
  mine,
  positionMs,
  onSeek,
}: {
  one: Scoring;
  mine: Scoring | undefined;
  positionMs: () => number;
  onSeek: (ms: number) => void;
}) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const title = textIn(one.scorecard.title, language);
  if (mine?.state === "draft") {
    return (
      <Text size="sm" c="dimmed">
        {title} {t("by", { name: one.scorer })}: {t("blind")}
      </Text>
    );
  }
  return (
    <Accordion.Item value={String(one.id)}>
      <Accordion.Control>
        <Text size="sm">
          {title} {t("by", { name: one.scorer })}:{" "}
          <b>{typeof one.total === "number" ? formats.number(one.total) : "–"}</b>
        </Text>
      </Accordion.Control>
      <Accordion.Panel>
        {mine && <Comparison mine={mine} other={one} />}
        <Editor first={one} positionMs={positionMs} onSeek={onSeek} onChange={() => undefined} />
      </Accordion.Panel>
    </Accordion.Item>
  );
}
