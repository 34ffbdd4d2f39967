import "@mantine/dropzone/styles.css";

import { Alert, Button, Group, Paper, Progress, Select, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { useState } from "react";

import type { Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { keptTold } from "../../shared/troubles";
import type { About } from "./send";
import { useTexts } from "./texts";
import { useUploads, type Upload } from "./useUploads";

const MEGA = 1_000_000;

/** Where files are dropped, and how far each is. */
export function Sending({ bounds }: { bounds: Schemas["ImportsOut"] }) {
  const t = useTexts();
  const [about, setAbout] = useState<About>({ language: "en", first: "agent" });
  const { uploads, add, again, leave, clear, hasOver } = useUploads(bounds);
  return (
    <Stack gap="sm">
      <Group align="flex-start">
        <Select
          label={t("first")}
          description={t("firstWhy")}
          inputWrapperOrder={["label", "input", "description"]}
          w={280}
          allowDeselect={false}
          value={about.first}
          onChange={(first) => setAbout({ ...about, first: first === "caller" ? first : "agent" })}
          data={[
            { value: "agent", label: t("agent") },
            { value: "caller", label: t("caller") },
          ]}
        />
        <Select
          label={t("language")}
          w={160}
          allowDeselect={false}
          value={about.language}
          onChange={(language) => setAbout({ ...about, language: language ?? "en" })}
          data={[
            { value: "en", label: "English" },
            { value: "zh", label: "中文" },
          ]}
        />
      </Group>
      <Dropzone onDrop={(files) => add(files, about)} aria-label={t("drop")} p="lg">
        <Stack gap={4} align="center" ta="center">
          <Text fw={600}>{t("drop")}</Text>
          <Text size="sm" c="dimmed" maw={620}>
            {t("dropWhy", {
              megabytes: Math.round(bounds.most_bytes / MEGA),
              minutes: bounds.longest_minutes,
            })}
          </Text>
        </Stack>
      </Dropzone>
      {bounds.folder && <Folder path={bounds.folder} looks={bounds.looks} />}
      {uploads.length > 0 && (
        <Paper withBorder p="sm" role="region" aria-label={t("onTheirWay")}>
          <Stack gap="xs">
            {uploads.map((one) => (
              <OnItsWay key={one.id} one={one} again={again} leave={leave} />
            ))}
            {hasOver && (
              <Group justify="flex-end">
                <Button size="compact-sm" variant="subtle" onClick={clear}>
                  {t("clear")}
                </Button>
              </Group>
            )}
          </Stack>
        </Paper>
      )}
    </Stack>
  );
}

function OnItsWay({
  one,
  again,
  leave,
}: {
  one: Upload;
  again: (one: Upload) => void;
  leave: (one: Upload) => void;
}) {
  const t = useTexts();
  const { percent } = useFormats();
  const name = one.file.name;
  const isUnderWay = one.state === "queued" || one.state === "sending";
  const isAgain = one.state === "refused" || one.state === "stopped";
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm" style={{ overflowWrap: "anywhere" }} flex="1 1 200px">
          {name}
        </Text>
        <Text size="sm" c={one.state === "refused" ? "var(--mantine-color-error)" : "dimmed"}>
          {t(`upload_${one.state}`)}
          {one.state === "sending" && ` ${percent(one.share)}`}
        </Text>
        {isAgain && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => again(one)}
            aria-label={t("sendAgainOf", { name })}
          >
            {t("sendAgain")}
          </Button>
        )}
        {(isUnderWay || isAgain) && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => leave(one)}
            aria-label={t(isUnderWay ? "cancelOf" : "leaveOf", { name })}
          >
            {t(isUnderWay ? "cancel" : "leave")}
          </Button>
        )}
      </Group>
      {one.state === "sending" && (
        <Progress value={one.share * 100} aria-label={t("sending", { name })} />
      )}
      {one.why && (
        <Text size="sm" role="alert">
          {one.why}
        </Text>
      )}
    </div>
  );
}

function Folder({ path, looks }: { path: string; looks: Schemas["LookOut"][] }) {
  const t = useTexts();
  const { time } = useFormats();
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {t("alsoFolder", { path })}{" "}
        {looks
          .filter((one) => !one.error)
          .map((one) =>
            one.looked_at ? t("lookedAt", { node: one.node, at: time(one.looked_at) }) : "",
          )
          .join(" ")}
        {looks.length === 0 && t("neverLooked")}
      </Text>
      {looks
        .filter((one) => one.error)
        .map((one) => (
          <Alert key={one.node} color="orange" title={t("folderTrouble", { node: one.node })}>
            {keptTold(one.error, one.trouble)}
          </Alert>
        ))}
    </Stack>
  );
}
