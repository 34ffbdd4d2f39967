import {
  Alert,
  Button,
  Group,
  Loader,
  Modal,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { Mentions } from "./Mentions";
import { useRecords } from "./records";
import { useTexts } from "./texts";

const CONFIRM = "ERASE";
type Erased = Schemas["ErasedOut"];

/** How the API is told whom it is about. */
function keyOf(who: Schemas["CandidateOut"]) {
  return who.customer === null ? { phone: who.phone } : { customer: who.customer };
}

/** What there is of somebody, and what can be done about it. */
export function Found({
  who,
  onBack,
  onErased,
}: {
  who: Schemas["CandidateOut"];
  onBack: () => void;
  onErased: (done: Erased) => void;
}) {
  const t = useTexts();
  const key = keyOf(who);
  const query = useQuery({
    queryKey: ["privacy", "person", key],
    queryFn: () => got(api.GET("/api/v1/privacy/person", { params: { query: key } })),
    gcTime: 0,
  });
  return (
    <Stack>
      <Group>
        <Title order={2} size="h4">
          {[who.name, who.phone].filter(Boolean).join(" · ") || t("noName")}
        </Title>
        <Button variant="subtle" size="compact-sm" onClick={onBack}>
          {t("another")}
        </Button>
      </Group>
      <Loaded query={query}>
        {(person) => <Belongings person={person} who={who} onErased={onErased} />}
      </Loaded>
    </Stack>
  );
}

function Belongings({
  person,
  who,
  onErased,
}: {
  person: Schemas["PersonOut"];
  who: Schemas["CandidateOut"];
  onErased: (done: Erased) => void;
}) {
  const t = useTexts();
  const { number } = useFormats();
  const named = useRecords();
  const mayAct = useSession().role === "administrator";
  const [isErasing, erasing] = useDisclosure();
  const key = keyOf(who);
  const rows: [string, number][] = [
    ["recordings", person.recordings],
    ...Object.entries(person.rows),
  ];
  const asked = new URLSearchParams(
    Object.entries(key).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return (
    <Stack>
      {person.holds.length > 0 && (
        <Alert color="yellow">{t("held", { numbers: person.holds.join(", ") })}</Alert>
      )}
      {person.on_the_phone && <Alert color="yellow">{t("onThePhone")}</Alert>}
      {mayAct && (
        <Group>
          <Button
            component="a"
            href={`/api/v1/privacy/export?${asked.toString()}`}
            variant="default"
            title={t("exportHelp")}
          >
            {t("export")}
          </Button>
          <Button
            color="red"
            variant="outline"
            disabled={person.holds.length > 0 || person.on_the_phone}
            onClick={erasing.open}
          >
            {t("erase")}
          </Button>
        </Group>
      )}
      <Table maw={480} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("kind")}</Table.Th>
            <Table.Th ta="end">{t("count")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, count]) => (
            <Table.Tr key={name}>
              <Table.Td>{named(name)}</Table.Td>
              <Table.Td ta="end">{number(count)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Elsewhere who={who} />
      <Modal
        closeButtonProps={{ "aria-label": t("cancel") }}
        opened={isErasing}
        onClose={erasing.close}
        title={t("eraseTitle")}
      >
        <Erase who={who} onCancel={erasing.close} onErased={onErased} />
      </Modal>
    </Stack>
  );
}

function Elsewhere({ who }: { who: Schemas["CandidateOut"] }) {
  const t = useTexts();
  const key = keyOf(who);
  const query = useQuery({
    queryKey: ["privacy", "mentions", key],
    queryFn: () => got(api.GET("/api/v1/privacy/mentions", { params: { query: key } })),
    gcTime: 0,
  });
  return (
    <Stack gap="xs" maw={720}>
      <Title order={3} size="h5">
        {t("elsewhere")}
      </Title>
      <Text size="sm" c="dimmed">
        {t("elsewhereHelp")}
      </Text>
      {query.isPending ? (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{t("looking")}</Text>
        </Group>
      ) : query.error ? (
        <Alert color="red">{query.error.message}</Alert>
      ) : query.data.mentions.length + query.data.files.length === 0 ? (
        <Text size="sm">{t("nowhere")}</Text>
      ) : (
        <Mentions found={query.data} />
      )}
    </Stack>
  );
}

function Erase({
  who,
  onCancel,
  onErased,
}: {
  who: Schemas["CandidateOut"];
  onCancel: () => void;
  onErased: (done: Erased) => void;
}) {
  const t = useTexts();
  const [confirm, setConfirm] = useState("");
  const erase = useMutation({
    mutationFn: () =>
      got(api.POST("/api/v1/privacy/erase", { body: { phone: "", ...keyOf(who), confirm } })),
    onSuccess: onErased,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        erase.mutate();
      }}
    >
      <Stack>
        <Text>{t("eraseWhat")}</Text>
        <Text size="sm" c="dimmed">
          {t("eraseNot")}
        </Text>
        <TextInput
          label={t("eraseType")}
          autoComplete="off"
          data-autofocus
          value={confirm}
          onChange={(event) => setConfirm(event.currentTarget.value)}
        />
        {erase.error && <Alert color="red">{erase.error.message}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t("cancel")}
          </Button>
          <Button
            type="submit"
            color="red"
            disabled={confirm !== CONFIRM}
            loading={erase.isPending}
          >
            {t("eraseNow")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
