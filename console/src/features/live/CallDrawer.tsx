import { Alert, Badge, Button, Drawer, Group, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconEyeOff, IconHeadphones, IconPhoneOff } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { durationOf } from "../../shared/formats";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import { COLOURS, Since } from "./CallRows";
import { Latencies } from "./Latencies";
import { listen, type Hearing } from "./listen";
import classes from "./live.module.css";
import type { LiveCall } from "./store";
import { useTexts } from "./texts";

type Line = Schemas["LineOut"];
const SHORTEST_REASON = 3;

/** One call: all that was said, and what can be done. */
export function CallDrawer(props: {
  id: string | null;
  call: LiveCall | undefined;
  turnMs: number;
  isEngineAway: boolean;
  onClose: () => void;
}) {
  const t = useTexts();
  const { role } = useSession();
  const { call, id } = props;
  const isOver = !call || call.stage === "ended";
  return (
    <Drawer
      opened={id !== null}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={call ? call.customer || call.caller || call.id : t("isOver")}
    >
      {id && (
        <Stack>
          <Stack gap="xs" className={classes.head}>
            {call && (
              <Group gap="xs">
                <Badge variant="light" color={COLOURS[call.stage]}>
                  {t(call.stage)} <Since at={call.since} isOver={isOver} />
                </Badge>
                <Text size="sm">
                  {call.flow} › {call.step}
                </Text>
                <Latencies values={call.latencies_ms} goal={props.turnMs} />
              </Group>
            )}
            {isOver && role !== "ops" && (
              <Text size="sm">
                {t("isOver")} <Link to={`/calls/${id}`}>{t("record")}</Link>
              </Text>
            )}
            {call && !isOver && (role === "administrator" || role === "supervisor") && (
              <Actions key={`actions ${id}`} call={call} isEngineAway={props.isEngineAway} />
            )}
            {call?.secret && !isOver && (
              <Alert icon={<IconEyeOff size={18} />}>{t("secret")}</Alert>
            )}
          </Stack>
          {call && role !== "ops" && <Said key={`said ${id}`} call={call} />}
        </Stack>
      )}
    </Drawer>
  );
}

function Actions({ call, isEngineAway }: { call: LiveCall; isEngineAway: boolean }) {
  const t = useTexts();
  const [ears, setEars] = useState<AbortController | null>(null);
  const [hearing, setHearing] = useState<Hearing>("opening");
  const [reason, setReason] = useState<string | null>(null);
  useEffect(() => () => ears?.abort(), [ears]);
  const hear = () => {
    const stop = new AbortController();
    setEars(stop);
    listen(call.id, stop.signal, setHearing)
      .catch((error: unknown) => {
        if (!stop.signal.aborted && error instanceof Error) tellTrouble(error);
      })
      .finally(() => setEars((now) => (now === stop ? null : now)));
  };
  const end = useMutation({
    mutationFn: (why: string) =>
      api.POST("/api/v1/live/calls/{call_id}/end", {
        params: { path: { call_id: call.id } },
        body: { reason: why },
      }),
    onSuccess: () => notifications.show({ message: t("ending") }),
    onError: tellTrouble,
    onSettled: () => setReason(null),
  });
  // While the engine is away nobody knows whose calls are its own.
  if (!call.is_here && !isEngineAway)
    return <Alert color="gray">{t("elsewhere", { node: call.node })}</Alert>;
  return (
    <Stack gap="xs">
      <Group>
        <Button
          leftSection={<IconHeadphones size={18} />}
          variant={ears ? "filled" : "default"}
          onClick={() => (ears ? ears.abort() : hear())}
          aria-pressed={ears !== null}
          disabled={isEngineAway && !ears}
        >
          {t(ears ? "stop" : "listen")}
        </Button>
        <Button
          leftSection={<IconPhoneOff size={18} />}
          color="red"
          variant="light"
          onClick={() => setReason("")}
          disabled={isEngineAway}
        >
          {t("end")}
        </Button>
      </Group>
      <div role="status">
        {ears && hearing === "broken" && <Alert color="orange">{t("broken")}</Alert>}
        {ears && hearing !== "broken" && (
          <Text size="sm">{t(hearing === "opening" ? "opening" : "listening")}</Text>
        )}
      </div>
      {reason !== null && (
        <Stack gap="xs">
          <Textarea
            label={t("endWhy")}
            description={t("endHelp")}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={300}
            required
            data-autofocus
          />
          <Group>
            <Button
              color="red"
              loading={end.isPending}
              disabled={reason.trim().length < SHORTEST_REASON}
              onClick={() => end.mutate(reason)}
            >
              {t("endNow")}
            </Button>
            <Button variant="default" onClick={() => setReason(null)}>
              {t("cancel")}
            </Button>
          </Group>
        </Stack>
      )}
    </Stack>
  );
}

/** All that was said; each new line of the call asks for what is missing. */
function Said({ call }: { call: LiveCall }) {
  const t = useTexts();
  const end = useRef<HTMLDivElement>(null);
  const kept = useRef<readonly Line[]>([]);
  const { data, error } = useQuery({
    queryKey: ["live", call.id, call.line?.seq],
    queryFn: async () => {
      const after = kept.current.at(-1)?.seq ?? -1;
      const params = { path: { call_id: call.id }, query: { after } };
      const { lines } = await got(api.GET("/api/v1/live/calls/{call_id}", { params }));
      const known = new Set(kept.current.map((line) => line.seq));
      kept.current = [...kept.current, ...lines.filter((line) => !known.has(line.seq))];
      return kept.current;
    },
    placeholderData: (before) => before,
    gcTime: 0,
  });
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [data, call.partial]);
  if (error && !data) return <Text size="sm">{error.message}</Text>;
  return (
    <Stack gap={6} aria-live="off">
      {data?.map((line) => (
        <Text key={line.seq} size="sm" c={line.side === "caller" ? undefined : "dimmed"}>
          <Text span size="xs" c="dimmed" mr={6}>
            {durationOf(line.at_ms / 1000)} {t(line.side)}
          </Text>
          {line.text ?? <em>{t("hidden")}</em>}
        </Text>
      ))}
      {call.partial && (
        <Text size="sm" fs="italic">
          {call.partial} …
        </Text>
      )}
      <div ref={end} />
    </Stack>
  );
}
