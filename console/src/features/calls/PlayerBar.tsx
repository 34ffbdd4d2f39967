import {
  ActionIcon,
  Alert,
  Button,
  Checkbox,
  Chip,
  Group,
  Paper,
  Select,
  Slider,
  Stack,
  Text,
  Tooltip,
} from "@mantine/core";
import {
  IconLink,
  IconPlayerPause,
  IconPlayerPlay,
  IconRepeat,
  IconRewindBackward10,
  IconRewindForward10,
} from "@tabler/icons-react";
import { useEffect, useState, type RefObject } from "react";

import { durationOf } from "../../shared/formats";
import { COLOURS, kindsOf, useDetail } from "./moments";
import type { Marker } from "./queries";
import { SPEEDS } from "./sound";
import { useTexts } from "./callTexts";
import { ANSWER_COLOUR, CALLER_COLOUR, UNKNOWN, type Player } from "./usePlayer";

/** The waveform with its markers, and everything to move in the sound. */
export function PlayerBar({
  player,
  container,
  seconds,
  markers,
  hidden,
  setHidden,
  toggleLoop,
  copyLink,
}: {
  player: Player;
  container: RefObject<HTMLDivElement | null>;
  seconds: number;
  markers: readonly Marker[];
  hidden: readonly string[];
  setHidden: (kinds: string[]) => void;
  toggleLoop: () => void;
  copyLink: () => void;
}) {
  const t = useTexts();
  useMarkers(player, markers, hidden);
  const kinds = kindsOf(markers);
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        {player.error && (
          <Alert color="red" role="alert">
            <Group justify="space-between">
              {player.error === UNKNOWN ? t("cantPlay") : player.error}
              <Button size="compact-sm" variant="default" onClick={player.again}>
                {t("tryAgain")}
              </Button>
            </Group>
          </Alert>
        )}
        <Group gap="md">
          <Side colour={CALLER_COLOUR} label={t("caller_side")} />
          <Side colour={ANSWER_COLOUR} label={`${t("voxdesk_side")} / ${t("agent_side")}`} />
        </Group>
        <div ref={container} role="img" aria-label={t("waveform")} style={{ minHeight: 112 }} />
        <Group gap="xs">
          <ActionIcon
            size={36}
            variant="default"
            aria-label={t("back10")}
            onClick={() => player.by(-10)}
          >
            <IconRewindBackward10 size={20} aria-hidden />
          </ActionIcon>
          <ActionIcon
            size={44}
            variant="filled"
            aria-label={t(player.isPlaying ? "pause" : "play")}
            onClick={player.toggle}
          >
            {player.isPlaying ? <IconPlayerPause aria-hidden /> : <IconPlayerPlay aria-hidden />}
          </ActionIcon>
          <ActionIcon
            size={36}
            variant="default"
            aria-label={t("ahead10")}
            onClick={() => player.by(10)}
          >
            <IconRewindForward10 size={20} aria-hidden />
          </ActionIcon>
          <Position player={player} seconds={seconds} />
          <Select
            w={92}
            size="sm"
            aria-label={t("speed")}
            allowDeselect={false}
            data={SPEEDS.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
            value={String(player.speed)}
            onChange={(value) => value && player.setSpeed(Number(value))}
          />
          <Checkbox
            label={t("skipSilence")}
            checked={player.skipsSilence}
            onChange={(event) => player.setSkipsSilence(event.currentTarget.checked)}
          />
          <Tooltip label={t("loopHelp")} multiline w={260}>
            <Button
              size="sm"
              variant={player.loop ? "filled" : "default"}
              aria-pressed={player.loop !== null}
              leftSection={<IconRepeat size={16} aria-hidden />}
              onClick={toggleLoop}
            >
              {player.loop
                ? `${durationOf(player.loop.start)}–${durationOf(player.loop.end)}`
                : t("loop")}
            </Button>
          </Tooltip>
          <Group gap={6} wrap="nowrap">
            <Text size="sm">{t("zoom")}</Text>
            <Slider
              w={100}
              min={0}
              max={100}
              defaultValue={0}
              label={null}
              thumbLabel={t("zoom")}
              onChange={player.zoom}
            />
          </Group>
          <Tooltip label={t("link")}>
            <ActionIcon size={36} variant="default" aria-label={t("link")} onClick={copyLink}>
              <IconLink size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
        {kinds.length > 0 && (
          <Chip.Group
            multiple
            value={kinds.map(([kind]) => kind as string).filter((kind) => !hidden.includes(kind))}
            onChange={(shown) => {
              const here = kinds.map(([kind]) => kind as string);
              const others = hidden.filter((kind) => !here.includes(kind));
              setHidden([...others, ...here.filter((kind) => !shown.includes(kind))]);
            }}
          >
            <Group gap={6} role="group" aria-label={t("moments")}>
              {kinds.map(([kind, count]) => (
                <Chip key={kind} value={kind} size="xs" variant="outline" color="gray">
                  <Swatch colour={COLOURS[kind]} /> {t(`m_${kind}`)} ×{count}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        )}
      </Stack>
    </Paper>
  );
}

function useMarkers(player: Player, markers: readonly Marker[], hidden: readonly string[]): void {
  const t = useTexts();
  const detailOf = useDetail();
  const { regions } = player;
  useEffect(() => {
    if (!regions) return;
    const drawn = markers
      .filter((marker) => !hidden.includes(marker.kind))
      .map((marker, place) => {
        const isStretch = marker.end_ms > marker.start_ms;
        const region = regions.addRegion({
          id: `marker-${place}`,
          start: marker.start_ms / 1000,
          ...(isStretch ? { end: marker.end_ms / 1000 } : {}),
          color: isStretch ? `${COLOURS[marker.kind]}33` : COLOURS[marker.kind],
          drag: false,
          resize: false,
        });
        const time = durationOf(marker.start_ms / 1000);
        region.element?.setAttribute(
          "title",
          `${time} ${t(`m_${marker.kind}`)} ${detailOf(marker)}`,
        );
        return region;
      });
    return () => drawn.forEach((region) => region.remove());
  }, [regions, markers, hidden, t, detailOf]);
}

function Position({ player, seconds }: { player: Player; seconds: number }) {
  const t = useTexts();
  const [at, setAt] = useState(0);
  useEffect(() => {
    const tell = (ms: number) => setAt(Math.floor(ms / 1000));
    tell(player.positionMs());
    return player.onMove(tell);
  }, [player]);
  return (
    <Text size="sm" ff="monospace" aria-label={t("position")}>
      {durationOf(at)} / {durationOf(seconds)}
    </Text>
  );
}

function Side({ colour, label }: { colour: string; label: string }) {
  return (
    <Text size="sm">
      <Swatch colour={colour} /> {label}
    </Text>
  );
}

function Swatch({ colour }: { colour: string }) {
  return (
    <span
      aria-hidden
      style={{
        display: "inline-block",
        width: 10,
        height: 10,
        borderRadius: 2,
        background: colour,
      }}
    />
  );
}
