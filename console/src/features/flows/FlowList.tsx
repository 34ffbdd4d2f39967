import { Anchor, Badge, Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
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
        {(flows) => (
          <ListTable
            rows={flows}
            columns={[
              t("flow"),
              t("live"),
              t("draft"),
              t("languages"),
              { label: t("steps"), align: "right" },
            ]}
            empty={[t("none"), t("noneWhy")]}
            minWidth={560}
          >
            {(flow) => <Row key={flow.name} flow={flow} />}
          </ListTable>
        )}
      </Loaded>
      <Modal opened={isOpen} onClose={dialog.close} title={t("newFlow")}>
        <NewFlow flows={query.data ?? []} onCancel={dialog.close} />
      </Modal>
    </Page>
  );
}

function Row({ flow }: { flow: Schemas["FlowOut"] }) {
  const t = useTexts();
  const { language, number } = useFormats();
  return (
    <ListRow
      cells={[
        <Anchor key="name" component={Link} to={`/flows/${flow.name}`} fw={600}>
          {flow.name}
        </Anchor>,
        flow.live ? (
          <Group key="live" gap="xs">
            <Text size="sm">{t("version", { number: flow.live })}</Text>
            <LiveBadge flow={flow} />
          </Group>
        ) : (
          <Text key="live" c="dimmed" size="sm">
            {t("never")}
          </Text>
        ),
        <Group key="draft" gap="xs">
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
        </Group>,
        flow.languages.map(language).join(", "),
        flow.steps ? number(flow.steps) : "",
      ]}
    />
  );
}
