import { Button, Stack, Text } from "@mantine/core";

import { durationOf } from "../../shared/formats";
import { COLOURS, useDetail } from "./moments";
import type { Marker } from "./queries";
import { useTexts } from "./callTexts";
import type { Player } from "./usePlayer";

/** The moments as a list: what the waveform shows, for reading and for the keyboard. */
export function Moments({
  markers,
  hidden,
  player,
}: {
  markers: readonly Marker[];
  hidden: readonly string[];
  player: Player;
}) {
  const t = useTexts();
  const detailOf = useDetail();
  const shown = markers.filter((marker) => !hidden.includes(marker.kind));
  if (shown.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noMoments")}
      </Text>
    );
  }
  return (
    <Stack gap={2}>
      {shown.map((marker, place) => (
        <Button
          key={place}
          variant="subtle"
          color="gray"
          size="compact-sm"
          fw={400}
          justify="flex-start"
          leftSection={
            <span aria-hidden style={{ color: COLOURS[marker.kind] }}>
              ●
            </span>
          }
          onClick={() => player.seek(marker.start_ms)}
        >
          {durationOf(marker.start_ms / 1000)} {t(`m_${marker.kind}`)} {detailOf(marker)}
        </Button>
      ))}
    </Stack>
  );
}
