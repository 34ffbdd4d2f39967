import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  Modal,
  Stack,
  Text,
  Textarea,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { DiffView } from "./DiffView";
import { useFlowName } from "./FlowPage";
import { LiveBadge } from "./LiveBadge";
import { allFlows, diffOf, draftOf, versionsOf, versionText } from "./queries";
import { useMayEdit } from "./rights";
import { useTakeover } from "./takeover";
import { useTexts } from "./texts";

type Version = Schemas["VersionOut"];

/** Who published what, when and why; compared, and taken back. */
export function Versions() {
  const t = useTexts();
  const flow = useFlowName();
  const mayEdit = useMayEdit();
  const versions = useQuery(versionsOf(flow));
  const listed = useQuery(allFlows).data?.find((one) => one.name === flow);
  const hasDraft = listed?.has_draft ?? false;
  const [read, setRead] = useState<Version | null>(null);
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
          <EmptyState title={t("noVersions")}>
            <Text>{t("noVersionsWhy")}</Text>
            {mayEdit && (
              <Anchor component={Link} to={`/flows/${flow}/edit`}>
                {t("toPublish")}
              </Anchor>
            )}
          </EmptyState>
        ) : (
          <Stack>
            {found.length + Number(hasDraft) > 1 && (
              <Text size="sm" c="dimmed">
                {t("compareHelp")}
              </Text>
            )}
            <ListTable
              rows={hasDraft ? [null, ...found] : found}
              columns={[
                t("version", { number: "" }).trim(),
                t("when"),
                t("author"),
                t("reason"),
                t("change"),
                "",
              ]}
              empty={[t("noVersions"), t("noVersionsWhy")]}
              minWidth={720}
            >
              {(version) =>
                version ? (
                  <Row
                    key={version.number}
                    version={version}
                    isNewest={version === found[0]}
                    live={version === found[0] ? listed : undefined}
                    picked={picked}
                    onPick={pick}
                    onRead={() => setRead(version)}
                    onBack={mayEdit ? () => setBack(version) : undefined}
                  />
                ) : (
                  <ListRow
                    key="draft"
                    cells={[
                      <Pick
                        key="pick"
                        which="draft"
                        name={t("draft")}
                        label={t("draft")}
                        picked={picked}
                        onPick={pick}
                      />,
                      "",
                      "",
                      "",
                      "",
                      "",
                    ]}
                  />
                )
              }
            </ListTable>
            {before && after && <Compared flow={flow} before={before} after={after} />}
            {read && <ReadText flow={flow} version={read} onClose={() => setRead(null)} />}
            {back && (
              <RollBack
                flow={flow}
                version={back}
                isLive={back.number === found[0]?.number}
                onClose={() => setBack(null)}
              />
            )}
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
  label,
  picked,
  onPick,
}: {
  which: string;
  name: string;
  label: string;
  picked: string[];
  onPick: (which: string) => void;
}) {
  const t = useTexts();
  return (
    <Checkbox
      label={label}
      aria-label={`${t("compare")}: ${name}`}
      checked={picked.includes(which)}
      onChange={() => onPick(which)}
    />
  );
}

function Row({
  version,
  isNewest,
  live,
  picked,
  onPick,
  onRead,
  onBack,
}: {
  version: Version;
  isNewest: boolean;
  /** The flow, where this is its newest version. */
  live: Schemas["FlowOut"] | undefined;
  picked: string[];
  onPick: (which: string) => void;
  onRead: () => void;
  onBack?: (() => void) | undefined;
}) {
  const t = useTexts();
  const { time } = useFormats();
  const name = t("version", { number: version.number });
  return (
    <ListRow
      cells={[
        <Group key="number" gap="xs" wrap="nowrap">
          <Pick
            which={String(version.number)}
            name={name}
            label={String(version.number)}
            picked={picked}
            onPick={onPick}
          />
          {live && <LiveBadge flow={live} />}
        </Group>,
        time(version.published_at),
        version.author,
        version.reason,
        version.changes && (
          <Text key="changes" size="sm" c="dimmed">
            {version.changes}
          </Text>
        ),
        <Group key="acts" gap={4} wrap="nowrap">
          <Button size="compact-sm" variant="subtle" onClick={onRead}>
            {t("readText")}
          </Button>
          {onBack && (
            <Button size="compact-sm" variant="subtle" onClick={onBack}>
              {isNewest ? t("take") : t("rollback")}
            </Button>
          )}
        </Group>,
      ]}
    />
  );
}

function Compared({ flow, before, after }: { flow: string; before: string; after: string }) {
  const t = useTexts();
  const named = (which: string) =>
    which === "draft" ? t("draft") : t("version", { number: which });
  const query = useQuery(diffOf(flow, before, after));
  return (
    <Stack gap="xs">
      <Text fw={600}>{t("compareWith", { before: named(before), after: named(after) })}</Text>
      <Loaded query={query}>{(diff) => <DiffView diff={diff} />}</Loaded>
    </Stack>
  );
}

/** The text of a version, to the letter. */
function ReadText({
  flow,
  version,
  onClose,
}: {
  flow: string;
  version: Version;
  onClose: () => void;
}) {
  const t = useTexts();
  const query = useQuery(versionText(flow, version.number));
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`${flow}, ${t("version", { number: version.number })}`}
    >
      <Loaded query={query}>
        {({ text }) => (
          <Stack>
            <Group>
              <CopyButton value={text}>
                {({ copied, copy }) => (
                  <Button variant="default" onClick={copy}>
                    {copied ? t("copied") : t("copy")}
                  </Button>
                )}
              </CopyButton>
            </Group>
            <Code block mah="60vh" style={{ overflow: "auto" }} tabIndex={0}>
              {text}
            </Code>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}

function RollBack({
  flow,
  version,
  isLive,
  onClose,
}: {
  flow: string;
  version: Version;
  isLive: boolean;
  onClose: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm({ mode: "uncontrolled", initialValues: { reason: "" } });
  const { number } = version;
  const takeover = useTakeover();
  const over = async (published?: number) => {
    if (published) takeover(flow, published);
    else notifications.show({ color: "teal", message: t("taken", { number }) });
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
    onSuccess: (published) => over(published.number),
  });
  const take = useMutation({
    mutationFn: async () => {
      const draft = await queries.query(draftOf(flow)).catch(() => null);
      return api.POST("/api/v1/flows/{flow}/draft/take", {
        params: { path },
        body: { version: number, replaces: draft?.hash ?? "" },
      });
    },
    onSuccess: () => over(),
  });
  const error = back.error ?? take.error;
  return (
    <Modal
      opened
      onClose={onClose}
      title={isLive ? t("takeTitle", { flow, number }) : t("rollbackTitle", { flow, number })}
    >
      <form onSubmit={form.onSubmit(({ reason }) => back.mutate(reason))}>
        <Stack>
          <Text size="sm" c="dimmed">
            {isLive ? t("takeHelp") : `${t("rollbackHelp")} ${t("takeHelp")}`}
          </Text>
          {!isLive && (
            <Textarea
              label={t("reason")}
              description={t("reasonHelp")}
              required
              maxLength={500}
              data-autofocus
              key={form.key("reason")}
              {...form.getInputProps("reason")}
            />
          )}
          {error && (
            <Alert color="red" role="alert">
              {error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" loading={take.isPending} onClick={() => take.mutate()}>
              {t("take")}
            </Button>
            {!isLive && (
              <Button type="submit" color="red" loading={back.isPending}>
                {t("rollback")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
