import { Anchor, Badge, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { confirmed } from "../../shared/confirm";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import { keptTold } from "../../shared/troubles";
import { useWordings } from "../../shared/worded";
import { Sending } from "./Sending";
import { useTexts } from "./texts";

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
  useWordings();
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
            <List imports={found.imports} mayCancel={maySend} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function List({ imports, mayCancel }: { imports: Import[]; mayCancel: boolean }) {
  const t = useTexts();
  const { time } = useFormats();
  const by = (one: Import) => (one.source === "folder" ? t("folder") : one.asked_by);
  return (
    <ListTable
      rows={imports}
      columns={[t("recording"), t("state"), t("by"), t("at"), t("call")]}
      empty={[t("none"), t(mayCancel ? "noneWhy" : "noneReader")]}
      minWidth={640}
    >
      {(one) => (
        <ListRow
          key={one.id}
          cells={[
            <span key="name" style={{ overflowWrap: "anywhere" }}>
              {one.name}
            </span>,
            <State key="state" one={one} />,
            by(one),
            time(one.created_at),
            <Then key="then" one={one} mayCancel={mayCancel} />,
          ]}
        />
      )}
    </ListTable>
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
          {keptTold(one.error, one.trouble)}
        </Text>
      )}
    </Stack>
  );
}

function Then({ one, mayCancel }: { one: Import; mayCancel: boolean }) {
  const t = useTexts();
  const queries = useQueryClient();
  const params = { path: { import_id: one.id } };
  const act = useMutation({
    mutationFn: async (what: "cancel" | "retry" | "throwAway") => {
      if (what === "throwAway") await got(api.DELETE("/api/v1/imports/{import_id}", { params }));
      else if (what === "retry")
        await got(api.POST("/api/v1/imports/{import_id}/retry", { params }));
      else await got(api.POST("/api/v1/imports/{import_id}/cancel", { params }));
    },
    onError: tellTrouble,
    onSettled: () => queries.invalidateQueries({ queryKey: ["imports"] }),
  });
  const { name } = one;
  const throwAway = async () => {
    const title = t("throwAwayOf", { name });
    const text = t(one.may_retry ? "throwAwayWhy" : "throwAwayLine");
    if (await confirmed({ title, text, label: t("throwAway") })) act.mutate("throwAway");
  };
  const cancel = async () => {
    const sure = { title: t("cancelOf", { name }), text: t("cancelWhat"), label: t("cancelNow") };
    if (await confirmed(sure)) act.mutate("cancel");
  };
  const button = (what: "cancel" | "retry" | "throwAway", onClick: () => void) => (
    <Button
      size="compact-sm"
      variant={what === "throwAway" ? "subtle" : "default"}
      loading={act.isPending && act.variables === what}
      onClick={onClick}
      aria-label={t(`${what}Of`, { name })}
    >
      {t(what)}
    </Button>
  );
  if (one.call_id)
    return (
      <Anchor component={Link} to={`/calls/${one.call_id}`} aria-label={t("openOf", { name })}>
        {t("open")}
      </Anchor>
    );
  return (
    <Group gap="xs">
      {one.state === "done" && <Text size="sm">{t("erased")}</Text>}
      {mayCancel && isUnderWay(one) && button("cancel", () => void cancel())}
      {mayCancel && one.may_retry && button("retry", () => act.mutate("retry"))}
      {mayCancel && !isUnderWay(one) && button("throwAway", () => void throwAway())}
    </Group>
  );
}
