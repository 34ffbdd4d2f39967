import { Alert, Button, Group, Modal, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { useRecords } from "./records";
import { useTexts } from "./texts";

const CONFIRM = "ERASE";

/** Somebody is looked up by their number; then given out, or erased. */
export function Person() {
  const t = useTexts();
  const form = useForm({ initialValues: { phone: "" } });
  const [phone, setPhone] = useState("");
  const [receipt, setReceipt] = useState("");
  const query = useQuery({
    queryKey: ["privacy", "person", phone],
    queryFn: () => got(api.GET("/api/v1/privacy/person", { params: { query: { phone } } })),
    enabled: phone !== "",
    gcTime: 0,
  });
  return (
    <Stack>
      <form
        onSubmit={form.onSubmit((values) => {
          setReceipt("");
          setPhone(values.phone.trim());
        })}
      >
        <Group align="flex-end">
          <TextInput
            label={t("phone")}
            description={t("phoneHelp")}
            type="tel"
            required
            maw={360}
            {...form.getInputProps("phone")}
          />
          <Button type="submit">{t("find")}</Button>
        </Group>
      </form>
      {receipt && <Alert color="green">{t("erased", { receipt })}</Alert>}
      {phone === "" ? (
        !receipt && <EmptyState title={t("nobody")}>{t("nobodyWhy")}</EmptyState>
      ) : (
        <Loaded query={query}>
          {(person) => (
            <Found
              person={person}
              phone={phone}
              onErased={(given) => {
                setReceipt(given);
                setPhone("");
                form.reset();
              }}
            />
          )}
        </Loaded>
      )}
    </Stack>
  );
}

function Found({
  person,
  phone,
  onErased,
}: {
  person: Schemas["PersonOut"];
  phone: string;
  onErased: (receipt: string) => void;
}) {
  const t = useTexts();
  const { number } = useFormats();
  const named = useRecords();
  const mayAct = useSession().role === "administrator";
  const [isErasing, erasing] = useDisclosure();
  const rows: [string, number][] = [
    [t("recordings"), person.recordings],
    ...Object.entries(person.rows).map(([name, count]) => [named(name), count] as [string, number]),
  ];
  const file = `/api/v1/privacy/export?${new URLSearchParams({ phone }).toString()}`;
  return (
    <Stack>
      {person.holds.length > 0 && (
        <Alert color="yellow">{t("held", { numbers: person.holds.join(", ") })}</Alert>
      )}
      {person.on_the_phone && <Alert color="yellow">{t("onThePhone")}</Alert>}
      {mayAct && (
        <Group>
          <Button component="a" href={file} variant="default" title={t("exportHelp")}>
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
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="end">{number(count)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Modal
        closeButtonProps={{ "aria-label": t("cancel") }}
        opened={isErasing}
        onClose={erasing.close}
        title={t("eraseTitle")}
      >
        <Erase phone={phone} onCancel={erasing.close} onErased={onErased} />
      </Modal>
    </Stack>
  );
}

function Erase({
  phone,
  onCancel,
  onErased,
}: {
  phone: string;
  onCancel: () => void;
  onErased: (receipt: string) => void;
}) {
  const t = useTexts();
  const [confirm, setConfirm] = useState("");
  const erase = useMutation({
    mutationFn: () => got(api.POST("/api/v1/privacy/erase", { body: { phone, confirm } })),
    onSuccess: (done) => onErased(done.receipt),
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
