import { Anchor, Badge, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { durationOf } from "../../shared/formats";
import { consentOf } from "./queries";
import { useTexts } from "./callTexts";
import type { Player } from "./usePlayer";

/** Whether the caller was told of the recording, in short. */
export function ConsentBadge({ call, isRecorded }: { call: string; isRecorded: boolean }) {
  const t = useTexts();
  const { data } = useQuery(consentOf(call));
  if (data === undefined) return null;
  const [colour, text] =
    data === null
      ? ([isRecorded ? "red" : "gray", "consentNone"] as const)
      : data.heard_out
        ? (["green", "consentHeard"] as const)
        : (["orange", "consentCut"] as const);
  return (
    <Badge color={colour} variant="dot">
      {t(text)}
    </Badge>
  );
}

/** What they were told, and where it can be heard. */
export function ConsentDetail({ call, player }: { call: string; player: Player }) {
  const t = useTexts();
  const { data, error } = useQuery(consentOf(call));
  if (error) return <Text size="sm">{error.message}</Text>;
  if (!data) return data === null ? t("consentNone") : null;
  return (
    <>
      {t(data.heard_out ? "consentHeard" : "consentCut")}: <q>{data.text}</q>{" "}
      <Anchor component="button" type="button" size="sm" onClick={() => player.seek(data.audio_ms)}>
        {durationOf(data.audio_ms / 1000)}
      </Anchor>
    </>
  );
}
