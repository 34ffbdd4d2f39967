import { Anchor, Badge, Button, Group, Modal, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { LiveBadge } from "./LiveBadge";
import { NewFlow } from "./NewFlow";
import { allFlows } from "./queries";
import { useMayEdit } from "./rights";
import { useTexts } from "./texts";

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
                    <Table.Th visibleFrom="sm">{t("languages")}</Table.Th>
                    <Table.Th visibleFrom="sm" ta="right">
                      {t("steps")}
                    </Table.Th>
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
        <NewFlow flows={query.data ?? []} onCancel={dialog.close} />
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
        {flow.live ? (
          <Group gap="xs">
            <Text size="sm">{t("version", { number: flow.live })}</Text>
            <LiveBadge flow={flow} />
          </Group>
        ) : (
          <Text c="dimmed" size="sm">
            {t("never")}
          </Text>
        )}
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
      <Table.Td visibleFrom="sm">{flow.languages.join(", ")}</Table.Td>
      <Table.Td visibleFrom="sm" ta="right">
        {flow.steps || ""}
      </Table.Td>
    </Table.Tr>
  );
}
