import {
  Alert,
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  Stack,
  Table,
  Text,
  Textarea,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { DiffView } from "./DiffView";
import { useFlowName } from "./FlowPage";
import { allFlows, diffOf, draftOf, versionsOf } from "./queries";
import { useMayEdit } from "./rights";
import { useTexts } from "./texts";

type Version = Schemas["VersionOut"];

/** Who published what, when and why; compared, and taken back. */
export function Versions() {
  const t = useTexts();
  const flow = useFlowName();
  const mayEdit = useMayEdit();
  const versions = useQuery(versionsOf(flow));
  const hasDraft = useQuery(allFlows).data?.find((one) => one.name === flow)?.has_draft ?? false;
  const [picked, setPicked] = useState<string[]>([]);
  const [back, setBack] = useState<Version | null>(null);
  const pick = (which: string) =>
    setPicked((before) =>
      before.includes(which) ? before.filter((one) => one !== which) : [...before, which].slice(-2),
    );
  const [before, after] = picked.toSorted((a, b) => order(a) - order(b));
  return (
    <Loaded query={versions}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState title={t("noVersions")}>{t("noVersionsWhy")}</EmptyState>
        ) : (
          <Stack>
            <Table.ScrollContainer minWidth={720}>
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("compare")}</Table.Th>
                    <Table.Th>{t("version", { number: "" })}</Table.Th>
                    <Table.Th>{t("when")}</Table.Th>
                    <Table.Th>{t("author")}</Table.Th>
                    <Table.Th>{t("reason")}</Table.Th>
                    <Table.Th>{t("change")}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {hasDraft && (
                    <Table.Tr>
                      <Table.Td>
                        <Pick which="draft" name={t("draft")} picked={picked} onPick={pick} />
                      </Table.Td>
                      <Table.Td colSpan={6}>{t("draft")}</Table.Td>
                    </Table.Tr>
                  )}
                  {found.map((version, place) => (
                    <Row
                      key={version.number}
                      version={version}
                      isLive={place === 0}
                      picked={picked}
                      onPick={pick}
                      onBack={mayEdit && place > 0 ? () => setBack(version) : undefined}
                    />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {before && after && <Compared flow={flow} before={before} after={after} />}
            {back && <RollBack flow={flow} version={back} onClose={() => setBack(null)} />}
          </Stack>
        )
      }
    </Loaded>
  );
}

const order = (which: string) => (which === "draft" ? Infinity : Number(which));

function Pick({
  which,
  name,
  picked,
  onPick,
}: {
  which: string;
  name: string;
  picked: string[];
  onPick: (which: string) => void;
}) {
  const t = useTexts();
  return (
    <Checkbox
      aria-label={`${t("compare")}: ${name}`}
      checked={picked.includes(which)}
      onChange={() => onPick(which)}
    />
  );
}

function Row({
  version,
  isLive,
  picked,
  onPick,
  onBack,
}: {
  version: Version;
  isLive: boolean;
  picked: string[];
  onPick: (which: string) => void;
  onBack?: (() => void) | undefined;
}) {
  const t = useTexts();
  const { time } = useFormats();
  const name = t("version", { number: version.number });
  return (
    <Table.Tr>
      <Table.Td>
        <Pick which={String(version.number)} name={name} picked={picked} onPick={onPick} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          {version.number}
          {isLive && (
            <Badge color="teal" style={{ flexShrink: 0 }}>
              {t("isLive")}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{time(version.published_at)}</Table.Td>
      <Table.Td>{version.author}</Table.Td>
      <Table.Td>{version.reason}</Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {version.changes}
        </Text>
      </Table.Td>
      <Table.Td>
        {onBack && (
          <Button size="compact-sm" variant="subtle" onClick={onBack}>
            {t("rollback")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Compared({ flow, before, after }: { flow: string; before: string; after: string }) {
  const t = useTexts();
  const query = useQuery(diffOf(flow, before, after));
  return (
    <Stack gap="xs">
      <Text fw={600}>{t("compareWith", { before, after })}</Text>
      <Loaded query={query}>{(diff) => <DiffView diff={diff} />}</Loaded>
    </Stack>
  );
}

function RollBack({
  flow,
  version,
  onClose,
}: {
  flow: string;
  version: Version;
  onClose: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm({ mode: "uncontrolled", initialValues: { reason: "" } });
  const { number } = version;
  const over = async (message: string) => {
    notifications.show({ color: "teal", message });
    onClose();
    await queries.invalidateQueries({ queryKey: ["flows"] });
  };
  const path = { flow };
  const back = useMutation({
    mutationFn: (reason: string) =>
      got(
        api.POST("/api/v1/flows/{flow}/rollback", {
          params: { path },
          body: { reason, version: number },
        }),
      ),
    onSuccess: (published) => over(t("published", { number: published.number })),
  });
  const take = useMutation({
    mutationFn: async () => {
      const draft = await queries.query(draftOf(flow)).catch(() => null);
      return api.POST("/api/v1/flows/{flow}/draft/take", {
        params: { path },
        body: { version: number, replaces: draft?.hash ?? "" },
      });
    },
    onSuccess: () => over(t("taken", { number })),
  });
  const error = back.error ?? take.error;
  return (
    <Modal opened onClose={onClose} title={t("rollbackTitle", { flow, number })}>
      <form onSubmit={form.onSubmit(({ reason }) => back.mutate(reason))}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t("rollbackHelp")}
          </Text>
          <Textarea
            label={t("reason")}
            description={t("reasonHelp")}
            required
            maxLength={500}
            data-autofocus
            key={form.key("reason")}
            {...form.getInputProps("reason")}
          />
          {error && (
            <Alert color="red" role="alert">
              {error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" loading={take.isPending} onClick={() => take.mutate()}>
              {t("take")}
            </Button>
            <Button type="submit" color="red" loading={back.isPending}>
              {t("rollback")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
