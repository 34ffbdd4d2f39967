import { Anchor, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconUsers } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got } from "../../shared/api";
import { durationOf } from "../../shared/formats";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import type { Speaker } from "./queries";
import { useTexts } from "./callTexts";

/** Export of the words, and who the speakers of a recording are, for those who may say it. */
export function Speakers({
  call,
  speakers,
  hear,
}: {
  call: string;
  speakers: readonly Speaker[];
  hear: (ms: number) => void;
}) {
  const t = useTexts();
  const { role } = useSession();
  const [isOpen, dialog] = useDisclosure();
  const mayName = role === "administrator" || role === "supervisor";
  const url = `/api/v1/calls/${encodeURIComponent(call)}/transcript/export`;
  return (
    <Group gap="sm" mb="xs">
      {speakers.length > 0 && mayName && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconUsers size={16} aria-hidden />}
          onClick={dialog.open}
        >
          {t("whoIsWho")}
        </Button>
      )}
      <Text size="sm" c="dimmed" aria-hidden>
        {t("exportWords")}
      </Text>
      <Anchor size="sm" href={`${url}?format=csv`} aria-label={t("wordsAs", { form: "CSV" })}>
        CSV
      </Anchor>
      <Anchor size="sm" href={`${url}?format=xlsx`} aria-label={t("wordsAs", { form: "XLSX" })}>
        XLSX
      </Anchor>
      <Modal opened={isOpen} onClose={dialog.close} title={t("whoIsWho")} size="lg">
        {isOpen && <Naming call={call} speakers={speakers} hear={hear} close={dialog.close} />}
      </Modal>
    </Group>
  );
}

function Naming({
  call,
  speakers,
  hear,
  close,
}: {
  call: string;
  speakers: readonly Speaker[];
  hear: (ms: number) => void;
  close: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const [wanted, setWanted] = useState(() => speakers.map((one) => ({ ...one })));
  const change = (number: number, part: Partial<Speaker>) =>
    setWanted((all) => all.map((one) => (one.number === number ? { ...one, ...part } : one)));
  const save = useMutation({
    mutationFn: () =>
      got(
        api.PUT("/api/v1/calls/{call_id}/speakers", {
          params: { path: { call_id: call } },
          body: {
            speakers: wanted.map(({ number, side, name }) => ({
              number,
              side: side === "agent" ? ("agent" as const) : ("caller" as const),
              name,
            })),
          },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["calls"] });
      notifications.show({ message: t("named") });
      close();
    },
    onError: tellTrouble,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        <Text size="sm">{t("whoWhy")}</Text>
        {wanted.map((one) => (
          <Group key={one.number} align="flex-end" gap="sm" wrap="wrap">
            <TextInput
              flex="1 1 180px"
              label={t("nameOf", { number: one.number })}
              description={t("speaks", { time: durationOf(one.spoken_ms / 1000) })}
              placeholder={t("speaker", { number: one.number })}
              maxLength={80}
              value={one.name}
              onChange={(event) => change(one.number, { name: event.currentTarget.value })}
            />
            <Select
              flex="0 1 160px"
              label={t("sideOf", { number: one.number })}
              allowDeselect={false}
              value={one.side}
              data={[
                { value: "caller", label: t("caller_side") },
                { value: "agent", label: t("agent_side") },
              ]}
              onChange={(side) =>
                change(one.number, { side: side === "agent" ? "agent" : "caller" })
              }
            />
            <Button
              variant="default"
              onClick={() => hear(one.first_ms)}
              aria-label={t("hearOf", { number: one.number })}
            >
              {t("hearAt", { time: durationOf(one.first_ms / 1000) })}
            </Button>
          </Group>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
