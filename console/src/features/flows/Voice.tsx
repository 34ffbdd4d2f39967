import { Alert, Button, FileButton, Group, Progress, Stack, Text } from "@mantine/core";
import { IconMicrophone, IconPlayerStop, IconUpload } from "@tabler/icons-react";

import type { NoMicrophone } from "./microphone";
import { useTexts } from "./tryTexts";

/** Speaks into the microphone, or gives a recorded utterance. */
export function Voice({
  isOn,
  level,
  isHearing,
  trouble,
  onStart,
  onStop,
  onFile,
}: {
  isOn: boolean;
  /** Of the sound now, 0 to 1. */
  level: number;
  isHearing: boolean;
  trouble: NoMicrophone;
  onStart: () => void;
  onStop: () => void;
  onFile: (sound: Blob) => void;
}) {
  const t = useTexts();
  return (
    <Stack gap="xs">
      <Group>
        <Button
          variant={isOn ? "filled" : "light"}
          color={isOn ? "red" : "blue"}
          leftSection={isOn ? <IconPlayerStop size={16} /> : <IconMicrophone size={16} />}
          loading={isHearing}
          onClick={isOn ? onStop : onStart}
        >
          {isOn ? t("endSpeaking") : t("speak")}
        </Button>
        <FileButton accept="audio/*" onChange={(file) => file && onFile(file)}>
          {(props) => (
            <Button
              {...props}
              variant="subtle"
              leftSection={<IconUpload size={16} />}
              disabled={isOn || isHearing}
            >
              {t("speakFile")}
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed">
          {t("speakHelp")}
        </Text>
      </Group>
      {isOn && (
        <Progress value={Math.min(100, 100 * Math.sqrt(level) * 2)} aria-label={t("listening")} />
      )}
      {trouble && (
        <Alert color="yellow">{trouble === "insecure" ? t("micInsecure") : t("micRefused")}</Alert>
      )}
    </Stack>
  );
}
