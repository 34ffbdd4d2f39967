import { Anchor, Badge, Button, Group, Modal, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";

import { api, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { allFlows } from "./queries";
import { useMayEdit } from "./rights";
import { useTexts } from "./texts";

const FIRST = `steps:
  hello:
    ask: yes_no
    prompt: Hello. This is an automated assistant. Shall I tell you our hours?
    yes: hours
    no: bye
    give_up: bye
  hours: {say: We are here from 9 to 6., then: bye}
  bye: {end: Goodbye.}
`;

/** Every flow, what is live of it, and what isn't published yet. */
export function FlowList() {
  const t = useTexts();
  const query = useQuery(allFlows);
  const [isOpen, dialog] = useDisclosure();
  const mayEdit = useMayEdit();
  return (
    <Page
      title={t("flows")}
      actions={mayEdit && <Button onClick={dialog.open}>{t("newFlow")}</Button>}
    >
      <Loaded query={query}>
        {(flows) =>
          flows.length === 0 ? (
            <EmptyState title={t("none")}>{t("noneWhy")}</EmptyState>
          ) : (
            <Table.ScrollContainer minWidth={420}>
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("flow")}</Table.Th>
                    <Table.Th>{t("live")}</Table.Th>
                    <Table.Th>{t("draft")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {flows.map((flow) => (
                    <Row key={flow.name} flow={flow} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
      <Modal opened={isOpen} onClose={dialog.close} title={t("newFlow")}>
        <NewFlow onCancel={dialog.close} />
      </Modal>
    </Page>
  );
}

function Row({ flow }: { flow: Schemas["FlowOut"] }) {
  const t = useTexts();
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/flows/${flow.name}`} fw={600}>
          {flow.name}
        </Anchor>
      </Table.Td>
      <Table.Td>
        {flow.live ? t("version", { number: flow.live }) : <Text c="dimmed">{t("never")}</Text>}
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Text size="sm">
            {!flow.has_draft
              ? t("noDraft")
              : !flow.live
                ? t("notYet")
                : flow.is_changed
                  ? t("changed")
                  : t("same")}
          </Text>
          {flow.problems > 0 && (
            <Badge color="red" variant="light">
              {t("problems", { count: flow.problems })}
            </Badge>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function NewFlow({ onCancel }: { onCancel: () => void }) {
  const t = useTexts();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "" } });
  const create = useMutation({
    mutationFn: (flow: string) =>
      api.PUT("/api/v1/flows/{flow}/draft", {
        params: { path: { flow } },
        body: { text: FIRST, replaces: "" },
      }),
    onSuccess: async (_, flow) => {
      await queries.invalidateQueries({ queryKey: ["flows"] });
      await navigate(`/flows/${flow}/edit`);
    },
  });
  return (
    <form onSubmit={form.onSubmit(({ name }) => create.mutate(name))}>
      <Stack>
        <TextInput
          label={t("newName")}
          description={t("newNameHelp")}
          required
          pattern="[a-z0-9][a-z0-9_\-]*"
          error={create.error?.message}
          data-autofocus
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
