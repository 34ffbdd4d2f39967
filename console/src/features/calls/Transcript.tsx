import { ActionIcon, Alert, Checkbox, Group, Text, Title, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type MouseEvent, type ReactNode } from "react";

import { durationOf } from "../../shared/formats";
import { firstWordsFound } from "./found";
import type { Segment, Speaker } from "./queries";
import { placeAt } from "./sound";
import { useTexts } from "./callTexts";
import classes from "./Transcript.module.css";
import { ANSWER_COLOUR, CALLER_COLOUR, type Player } from "./usePlayer";

/** What was said, word by word with the sound; a word brings the sound to it. */
export function Transcript({
  segments,
  player,
  language,
  removed,
  startMs,
  speakers,
  tools,
}: {
  segments: readonly Segment[];
  /** Who was told apart in a recording of one channel. */
  speakers: readonly Speaker[];
  /** What else may be done with it. */
  tools: ReactNode;
  player: Player;
  language: string;
  /** That a rule removed all words, and when; null: none did. */
  removed: string | null;
  /** Where the address begins; without, the first place that was looked for. */
  startMs: number;
}) {
  const t = useTexts();
  const list = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  useFollowing(list, segments, player, follows);
  const onClick = (event: MouseEvent) => {
    const ms = (event.target as HTMLElement).closest<HTMLElement>("[data-ms]")?.dataset.ms;
    if (ms !== undefined) player.seek(Number(ms));
  };
  const turns = useMemo(
    () =>
      segments.map((segment, place) => (
        <Turn
          key={place}
          segment={segment}
          isRemoved={removed !== null}
          speaker={speakers.find((one) => one.number === segment.speaker)}
          areMany={speakers.length > 2}
        />
      )),
    [segments, removed, speakers],
  );
  return (
    <section aria-label={t("transcript")}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t("transcript")}
        </Title>
        <PlacesFound segments={segments} player={player} startMs={startMs} />
        <Checkbox
          label={t("follow")}
          checked={follows}
          onChange={(event) => setFollows(event.currentTarget.checked)}
        />
      </Group>
      {tools}
      {removed && <Alert mb="xs">{removed}</Alert>}
      {segments.length === 0 && !removed && <Text c="dimmed">{t("nothingSaid")}</Text>}
      <div
        ref={list}
        className={classes.list}
        lang={language || undefined}
        tabIndex={0}
        role="region"
        aria-label={t("transcript")}
        onClick={onClick}
      >
        {turns}
      </div>
    </section>
  );
}

function Turn({
  segment,
  isRemoved,
  speaker,
  areMany,
}: {
  segment: Segment;
  isRemoved: boolean;
  speaker: Speaker | undefined;
  areMany: boolean;
}) {
  const t = useTexts();
  const side = t(`${segment.side}_side`);
  const numbered = speaker && areMany ? t("speaker", { number: speaker.number }) : side;
  const time = durationOf(segment.start_ms / 1000);
  const colour = segment.side === "caller" ? CALLER_COLOUR : ANSWER_COLOUR;
  return (
    <div className={classes.turn} data-turn>
      <UnstyledButton
        fz="sm"
        c="dimmed"
        mih={24}
        data-ms={segment.start_ms}
        aria-label={t("goTo", { time })}
      >
        {time}
      </UnstyledButton>
      <Text size="sm" fw={600}>
        <span aria-hidden style={{ color: colour }}>
          ●{" "}
        </span>
        {speaker?.name || numbered}
        {speaker && (speaker.name || areMany) && segment.side === "agent" && (
          <Text span size="xs" c="dimmed">
            {" "}
            {side}
          </Text>
        )}
      </Text>
      {segment.sensitive ? (
        <Text size="sm" c="dimmed" fs="italic">
          {isRemoved ? "…" : `(${t("notKept")})`}
        </Text>
      ) : (
        <Text size="sm" component="p" m={0}>
          <Words segment={segment} />
        </Text>
      )}
    </div>
  );
}

function Words({ segment }: { segment: Segment }) {
  const t = useTexts();
  const shown = [];
  let place = 0;
  for (const [index, [word, start, end]] of segment.words.entries()) {
    const found = segment.text.indexOf(word, place);
    if (found > place) shown.push(segment.text.slice(place, found));
    if (found < 0) shown.push(" ");
    else place = found + word.length;
    const isHidden = segment.labels.some((label) => label.word === index);
    const isFound = segment.found.includes(index);
    shown.push(
      <span
        key={index}
        className={[classes.word, isFound && classes.found, isHidden && classes.hidden]
          .filter(Boolean)
          .join(" ")}
        title={isHidden ? t("isHidden") : undefined}
        data-ms={start}
        data-end={end}
      >
        {word}
      </span>,
    );
  }
  const rest = segment.text.slice(place);
  if (rest.trim() && segment.words.length > 0) {
    shown.push(
      <Text key="rest" span c="dimmed" td="line-through" title={t("notHeard")}>
        {rest}
      </Text>,
    );
  } else if (segment.words.length === 0) shown.push(segment.text);
  return <>{shown}</>;
}

/** How many places a search found, and from one to the next; nothing without a search. */
function PlacesFound({
  segments,
  player,
  startMs,
}: {
  segments: readonly Segment[];
  player: Player;
  startMs: number;
}) {
  const t = useTexts();
  const places = useMemo(() => firstWordsFound(segments), [segments]);
  const [place, setPlace] = useState(() => Math.max(0, placeAt(places, startMs + 100)));
  const { seek } = player;
  const first = places[0];
  useEffect(() => {
    if (first !== undefined && startMs === 0) seek(first);
  }, [first, startMs, seek]);
  if (places.length === 0) return null;
  const go = (by: 1 | -1) => {
    const next = (place + by + places.length) % places.length;
    setPlace(next);
    seek(places[next] ?? 0);
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="sm" role="status">
        {t("placeFound", { place: place + 1, count: places.length })}
      </Text>
      <ActionIcon variant="default" size={28} aria-label={t("lastFound")} onClick={() => go(-1)}>
        <IconChevronUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="default" size={28} aria-label={t("nextFound")} onClick={() => go(1)}>
        <IconChevronDown size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

/** Marks the turn and the word that are heard, without rendering: it happens many times a second. */
function useFollowing(
  list: { current: HTMLDivElement | null },
  segments: readonly Segment[],
  player: Player,
  follows: boolean,
): void {
  const starts = useMemo(() => segments.map((segment) => segment.start_ms), [segments]);
  useEffect(() => {
    let turn: Element | undefined;
    let word: Element | undefined;
    const tell = (ms: number) => {
      const box = list.current;
      if (!box) return;
      const next = box.querySelectorAll("[data-turn]")[placeAt(starts, ms)];
      if (next !== turn) {
        turn?.removeAttribute("data-now");
        next?.setAttribute("data-now", "");
        turn = next;
        if (follows && next instanceof HTMLElement)
          box.scrollTo({ top: next.offsetTop - box.offsetTop - box.clientHeight / 3 });
      }
      const words = [...(turn?.querySelectorAll<HTMLElement>("[data-end]") ?? [])];
      const heard = words.findLast((one) => Number(one.dataset.ms) <= ms);
      const now = heard && ms < Number(heard.dataset.end) + 150 ? heard : undefined;
      if (now !== word) {
        word?.removeAttribute("data-now");
        now?.setAttribute("data-now", "");
        word = now;
      }
    };
    tell(player.positionMs());
    const stop = player.onMove(tell);
    return () => {
      stop();
      turn?.removeAttribute("data-now");
      word?.removeAttribute("data-now");
    };
  }, [list, starts, player, follows]);
}
