import "@mantine/dropzone/styles.css";

import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  Progress,
  Select,
  Stack,
  Table,
  Text,
} from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import { confirmed } from "../../shared/confirm";
import { send, type About } from "./send";
import { useTexts } from "./texts";

const MEGA = 1_000_000;
const SOON_MS = 1500;
const LATER_MS = 15_000;
const COLOURS = {
  waiting: "gray",
  working: "blue",
  done: "green",
  failed: "red",
  cancelled: "gray",
} as const;

type Import = Schemas["ImportOut"];

const isUnderWay = ({ state }: Import) => state === "waiting" || state === "working";

/** Recordings from elsewhere: sent, followed, and opened as calls. */
export function ImportsPage() {
  const t = useTexts();
  const { role } = useSession();
  const maySend = role === "administrator" || role === "supervisor";
  const query = useQuery({
    queryKey: ["imports"],
    queryFn: () => got(api.GET("/api/v1/imports")),
    refetchInterval: ({ state }) => (state.data?.imports.some(isUnderWay) ? SOON_MS : LATER_MS),
  });
  return (
    <Page title={t("imports")}>
      <Loaded query={query}>
        {(found) => (
          <Stack>
            {maySend && <Sending bounds={found} />}
            {found.imports.length === 0 ? (
              <EmptyState title={t("none")}>{t(maySend ? "noneWhy" : "noneReader")}</EmptyState>
            ) : (
              <List imports={found.imports} mayCancel={maySend} />
            )}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Sending({ bounds }: { bounds: Schemas["ImportsOut"] }) {
  const t = useTexts();
  const queries = useQueryClient();
  const [about, setAbout] = useState<About>({ language: "en", first: "agent" });
  const [now, setNow] = useState<{ name: string; share: number } | null>(null);
  const [troubles, setTroubles] = useState<string[]>([]);

  async function sendAll(files: File[]) {
    setTroubles([]);
    let count = 0;
    for (const file of files) {
      setNow({ name: file.name, share: 0 });
      try {
        const sent = await send(
          file,
          about,
          (share) => setNow({ name: file.name, share }),
          t("brokeOff"),
        );
        if (sent.known) setTroubles((all) => [...all, t("known", { name: file.name })]);
        else count += 1;
      } catch (error) {
        const why = error instanceof Error ? error.message : t("brokeOff");
        setTroubles((all) => [...all, `${file.name}: ${why}`]);
      }
    }
    setNow(null);
    if (count) notifications.show({ message: t("sent", { count }) });
    await queries.invalidateQueries({ queryKey: ["imports"] });
  }

  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <Select
          label={t("first")}
          description={t("firstWhy")}
          w={220}
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
      <Dropzone
        onDrop={(files) => void sendAll(files)}
        loading={now !== null}
        aria-label={t("drop")}
        p="lg"
      >
        <Stack gap={4} align="center" ta="center">
          <Text fw={600}>{t("drop")}</Text>
          <Text size="sm" c="dimmed" maw={620}>
            {t("dropWhy", {
              megabytes: Math.round(bounds.most_bytes / MEGA),
              minutes: bounds.longest_minutes,
            })}
          </Text>
          {bounds.folder && (
            <Text size="sm" c="dimmed">
              {t("alsoFolder")}
            </Text>
          )}
        </Stack>
      </Dropzone>
      {now && (
        <div role="status">
          <Text size="sm">{t("sending", { name: now.name })}</Text>
          <Progress value={now.share * 100} aria-label={t("sending", { name: now.name })} />
        </div>
      )}
      {troubles.length > 0 && (
        <Alert color="orange" role="alert" withCloseButton onClose={() => setTroubles([])}>
          {troubles.map((trouble) => (
            <Text size="sm" key={trouble}>
              {trouble}
            </Text>
          ))}
        </Alert>
      )}
    </Stack>
  );
}

function List({ imports, mayCancel }: { imports: Import[]; mayCancel: boolean }) {
  const t = useTexts();
  const { time } = useFormats();
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("recording")}</Table.Th>
            <Table.Th>{t("state")}</Table.Th>
            <Table.Th>{t("by")}</Table.Th>
            <Table.Th>{t("at")}</Table.Th>
            <Table.Th>{t("call")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {imports.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{one.name}</Table.Td>
              <Table.Td>
                <State one={one} />
              </Table.Td>
              <Table.Td>{one.source === "folder" ? t("folder") : one.asked_by}</Table.Td>
              <Table.Td>{time(one.created_at)}</Table.Td>
              <Table.Td>
                <Then one={one} mayCancel={mayCancel} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function State({ one }: { one: Import }) {
  const t = useTexts();
  const { percent } = useFormats();
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Badge color={COLOURS[one.state]} variant="light" autoContrast>
          {t(one.state)}
        </Badge>
        {one.state === "working" && <Text size="sm">{percent(one.percent / 100)}</Text>}
        {one.state === "done" && one.speakers > 0 && (
          <Text size="sm">{t("speakers", { count: one.speakers })}</Text>
        )}
      </Group>
      {one.state === "working" && (
        <Progress value={one.percent} aria-label={t("progress", { name: one.name })} />
      )}
      {one.error && (
        <Text size="sm" maw={420}>
          {one.error}
        </Text>
      )}
    </Stack>
  );
}

function Then({ one, mayCancel }: { one: Import; mayCancel: boolean }) {
  const t = useTexts();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/imports/{import_id}/cancel", { params: { path: { import_id: one.id } } }),
      ),
    onError: tellTrouble,
    onSettled: () => queries.invalidateQueries({ queryKey: ["imports"] }),
  });
  if (one.call_id)
    return (
      <Anchor
        component={Link}
        to={`/calls/${one.call_id}`}
        aria-label={t("openOf", { name: one.name })}
      >
        {t("open")}
      </Anchor>
    );
  if (one.state === "done") return <Text size="sm">{t("erased")}</Text>;
  if (!isUnderWay(one) || !mayCancel) return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={cancel.isPending}
      onClick={async () => {
        const sure = {
          title: t("cancelOf", { name: one.name }),
          text: t("cancelWhat"),
          label: t("cancelNow"),
        };
        if (await confirmed(sure)) cancel.mutate();
      }}
      aria-label={t("cancelOf", { name: one.name })}
    >
      {t("cancel")}
    </Button>
  );
}
