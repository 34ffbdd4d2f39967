import {
  ActionIcon,
  Alert,
  Anchor,
  Grid,
  Group,
  Loader,
  Paper,
  Tabs,
  Text,
  Tooltip,
} from "@mantine/core";
import { useDisclosure, useLocalStorage, useMediaQuery, useWindowEvent } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconKeyboard } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";

import type { Schemas } from "../../shared/api";
import { durationOf, isolated, useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { useKeysOn } from "../../shared/keys";
import { useOutcome } from "../../shared/outcomes";
import { Comments } from "./Comments";
import { ConsentBadge } from "./Consent";
import { Details } from "./Details";
import { wordsOf } from "./filters";
import { KeyHelp } from "./KeyHelp";
import { Moments } from "./Moments";
import { Original } from "./Original";
import { PlayerBar } from "./PlayerBar";
import { markersOf, oneCall, transcriptOf, waveformOf } from "./queries";
import { Speakers } from "./Speakers";
import { ScorePanel } from "./ScoreSlot";
import { momentOf, nextSpeed, placeAt } from "./sound";
import { useTexts } from "./callTexts";
import { Transcript } from "./Transcript";
import { usePlayer, type Player } from "./usePlayer";

/** Whoever goes down a scorecard still sees where the sound is. */
const STAYS = {
  position: "sticky",
  top: "var(--app-shell-header-height, 0px)",
  zIndex: 10,
  background: "var(--mantine-color-body)",
} as const;
const TABS = ["comments", "score", "moments", "details"] as const;

/** One call: its sound with its moments, what was said beside it, and everything about it. */
export function CallPage() {
  const { call = "" } = useParams();
  const query = useQuery(oneCall(call));
  return <Loaded query={query}>{(data) => <Opened key={data.id} call={data} />}</Loaded>;
}

function Opened({ call }: { call: Schemas["CallOut"] }) {
  const t = useTexts();
  const named = useOutcome();
  const formats = useFormats();
  const [params, setParams] = useSearchParams();
  const [reason, setReason] = useState("");
  const sound = call.sound.state;
  const isReady = sound === "ready" || sound === "cut";
  const transcript = useQuery(transcriptOf(call.id, reason, asked(params.get("q"))));
  const markers = useQuery(markersOf(call.id));
  const waveform = useQuery({ ...waveformOf(call.id), enabled: isReady });
  const container = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const player = usePlayer(call.id, waveform.data, container, momentOf(params.get("t")), reason);
  const tab = TABS.find((one) => one === params.get("tab")) ?? "comments";
  const setTab = (next: string | null) =>
    setParams(
      (before) => {
        if (next && next !== "comments") before.set("tab", next);
        else before.delete("tab");
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  const [hidden, setHidden] = useLocalStorage<string[]>({
    key: "voxdesk-moments-hidden",
    defaultValue: [],
  });
  const [areKeysOn, setKeysOn] = useKeysOn();
  const [isHelp, help] = useDisclosure();
  const isWide = useMediaQuery("(min-width: 62em)");
  const starts = useMemo(
    () => (transcript.data?.segments ?? []).map((segment) => segment.start_ms),
    [transcript.data],
  );
  useSeekOfAddress(player, params.get("t"));

  const toggleLoop = () => {
    if (player.loop) {
      player.setLoop(null);
      return;
    }
    const segments = transcript.data?.segments ?? [];
    const turn = segments[Math.max(0, placeAt(starts, player.positionMs()))];
    if (turn) player.setLoop({ start: turn.start_ms / 1000, end: turn.end_ms / 1000 + 0.2 });
  };
  const copyLink = async () => {
    const link = new URL(location.href);
    link.searchParams.set("t", String(Math.floor(player.positionMs() / 1000)));
    await navigator.clipboard.writeText(link.href);
    notifications.show({ message: t("linked") });
  };
  const toTurn = (direction: 1 | -1) => {
    const at = player.positionMs();
    // Going back within the first second of a turn means the one before.
    const place = placeAt(starts, direction < 0 ? at - 1000 : at);
    const start = starts[direction < 0 ? Math.max(0, place) : place + 1];
    if (start !== undefined) player.seek(start);
  };
  useKeys(areKeysOn && !isHelp, {
    " ": player.toggle,
    k: player.toggle,
    j: () => player.by(-10),
    l: () => player.by(10),
    ArrowLeft: () => player.by(-2),
    ArrowRight: () => player.by(2),
    ArrowUp: () => toTurn(-1),
    ArrowDown: () => toTurn(1),
    "<": () => player.setSpeed(nextSpeed(player.speed, -1)),
    ">": () => player.setSpeed(nextSpeed(player.speed, 1)),
    r: toggleLoop,
    c: () => {
      setTab("comments");
      requestAnimationFrame(() => field.current?.focus());
    },
    s: () => setTab("score"),
    "?": help.open,
  });

  const name = call.customer || call.caller_name;
  const number = call.caller || t("withheld");
  return (
    <Page
      title={t("callFrom", { caller: isolated(name || number) })}
      actions={
        <>
          <Original reason={reason} setReason={setReason} />
          <Tooltip label={`${t("shortcuts")} (?)`}>
            <ActionIcon size={36} variant="default" aria-label={t("shortcuts")} onClick={help.open}>
              <IconKeyboard size={20} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </>
      }
    >
      <Group gap="xs">
        <Anchor component={Link} to="/calls" size="sm">
          ← {t("back")}
        </Anchor>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere", minWidth: 0 }}>
          {[
            name && isolated(number),
            formats.time(call.started_at),
            call.flow,
            call.duration_s === null ? t("live") : durationOf(call.duration_s),
            named(call.outcome),
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
        <ConsentBadge call={call.id} isRecorded={call.recorded} />
      </Group>
      {sound !== "ready" && (
        <Alert color={sound === "none" ? "gray" : "orange"} role="status">
          {t(`sound_${sound}`, { time: durationOf(call.sound.seconds ?? 0) })}
        </Alert>
      )}
      {waveform.data && waveform.data.damaged.length > 0 && (
        <Alert color="orange" role="status">
          {t("damagedAt", {
            times: formats.list(
              waveform.data.damaged.map(
                (one) => `${durationOf(one.start_ms / 1000)}–${durationOf(one.end_ms / 1000)}`,
              ),
            ),
          })}
        </Alert>
      )}
      {!isReady ? null : waveform.error ? (
        <Alert color="orange" role="alert">
          {waveform.error.message}
        </Alert>
      ) : waveform.data ? (
        <div style={isWide && tab === "score" ? STAYS : undefined}>
          <PlayerBar
            player={player}
            container={container}
            seconds={waveform.data.seconds}
            markers={markers.data ?? []}
            hidden={hidden}
            setHidden={setHidden}
            toggleLoop={toggleLoop}
            copyLink={() => void copyLink()}
          />
        </div>
      ) : (
        // As high as the sound will be, so that nothing below moves.
        <Paper withBorder p="sm" mih={{ base: 365, md: 274 }}>
          <Group>
            <Loader size="sm" aria-hidden />
            <Text size="sm">{t("loading")}</Text>
          </Group>
        </Paper>
      )}
      <Grid>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Paper withBorder p="sm">
            <Loaded query={transcript}>
              {(data) => (
                <Transcript
                  segments={data.segments}
                  speakers={data.speakers}
                  tools={
                    <Speakers
                      call={call.id}
                      speakers={data.speakers}
                      hear={(ms) => {
                        player.seek(ms);
                        if (!player.isPlaying) player.toggle();
                      }}
                    />
                  }
                  language={data.language}
                  player={player}
                  removed={
                    call.words_removed_at &&
                    t("wordsRemoved", { at: formats.time(call.words_removed_at) })
                  }
                  startMs={momentOf(params.get("t"))}
                />
              )}
            </Loaded>
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Paper withBorder p="sm">
            <Tabs value={tab} onChange={setTab}>
              <Tabs.List mb="sm">
                <Tabs.Tab value="comments">{t("comments")}</Tabs.Tab>
                {ScorePanel && <Tabs.Tab value="score">{t("score")}</Tabs.Tab>}
                <Tabs.Tab value="moments">{t("moments")}</Tabs.Tab>
                <Tabs.Tab value="details">{t("details")}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="comments">
                <Comments call={call.id} player={player} field={field} />
              </Tabs.Panel>
              {ScorePanel && (
                <Tabs.Panel value="score">
                  <Suspense fallback={<Loader size="sm" />}>
                    <ScorePanel
                      callId={call.id}
                      positionMs={player.positionMs}
                      onSeek={player.seek}
                    />
                  </Suspense>
                </Tabs.Panel>
              )}
              <Tabs.Panel value="moments">
                <Moments markers={markers.data ?? []} hidden={hidden} player={player} />
              </Tabs.Panel>
              <Tabs.Panel value="details">
                <Details call={call} player={player} />
              </Tabs.Panel>
            </Tabs>
          </Paper>
        </Grid.Col>
      </Grid>
      <KeyHelp isOpen={isHelp} close={help.close} areOn={areKeysOn} setOn={setKeysOn} />
    </Page>
  );
}

/** The search that led here, where it has words; the rest of it means the list. */
const asked = (q: string | null): string => (q && wordsOf(q).size > 0 ? q : "");

/** A link to another second of the same call moves there. */
function useSeekOfAddress(player: Player, at: string | null): void {
  const seek = player.seek;
  useEffect(() => {
    if (at) seek(momentOf(at));
  }, [seek, at]);
}

/** Single keys, except while somebody writes or uses a control that has its own. */
function useKeys(areOn: boolean, keys: Record<string, () => void>): void {
  useWindowEvent("keydown", (event) => {
    if (!areOn || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const writes =
      "input:not([type=checkbox]), textarea, select, [contenteditable], [role=slider], [role=tab]";
    if (target.closest(writes)) return;
    const isControl = target.closest("button, a, summary, input") !== null;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === " " && isControl) return;
    const act = keys[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
