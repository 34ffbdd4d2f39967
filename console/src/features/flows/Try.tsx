import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Paper,
  ScrollArea,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { useFlowName } from "./FlowPage";
import { allFlows } from "./queries";
import { useTexts } from "./texts";
import { Waits } from "./Waits";

type Talk = Schemas["TalkOut"];
export type Move = NonNullable<Schemas["MoveIn"]["move"]>;
interface Line {
  who: "voxdesk" | "caller";
  text: string;
}
/** What stood after each move, so that it can be undone. */
interface Moment {
  talk: Talk;
  lines: Line[];
}

/** Talk with a flow in writing, as a caller would by phone. */
export function Try() {
  const t = useTexts();
  const flow = useFlowName();
  const listed = useQuery(allFlows).data?.find((one) => one.name === flow);
  const [source, setSource] = useState<"draft" | "live">("draft");
  const [language, setLanguage] = useState("");
  const [moments, setMoments] = useState<Moment[]>([]);
  const now = moments.at(-1);
  const begin = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/trials", {
          body: { flow, source, beginning: { ...USUAL, today: today(), language } },
        }),
      ),
    onSuccess: (talk) => setMoments([{ talk, lines: linesOf(talk) }]),
  });
  const go = useMutation({
    mutationFn: ({ move }: { move: Move; said: string }) =>
      got(api.POST("/api/v1/trials/moves", { body: { talk: now?.talk.talk ?? EMPTY, move } })),
    onSuccess: (talk, { said }) =>
      setMoments((before) => [
        ...before,
        {
          talk,
          lines: [
            ...(before.at(-1)?.lines ?? []),
            ...(said ? [{ who: "caller" as const, text: said }] : []),
            ...linesOf(talk),
          ],
        },
      ]),
  });
  const error = begin.error ?? go.error;
  const hasLive = (listed?.live ?? 0) > 0;
  return (
    <Group align="flex-start" wrap="wrap">
      <Stack style={{ flex: "2 1 420px" }}>
        <Group align="flex-end">
          <Select
            label={t("talkAs")}
            w={140}
            allowDeselect={false}
            value={source}
            onChange={(value) => setSource(value === "live" ? "live" : "draft")}
            data={[
              { value: "draft", label: t("draft") },
              ...(hasLive ? [{ value: "live", label: t("live") }] : []),
            ]}
          />
          <TextInput
            label={t("language")}
            w={90}
            placeholder="en"
            value={language}
            onChange={(event) => setLanguage(event.currentTarget.value)}
          />
          <Button onClick={() => begin.mutate()} loading={begin.isPending}>
            {now ? t("again") : t("begin")}
          </Button>
          {moments.length > 1 && (
            <Button variant="default" onClick={() => setMoments((before) => before.slice(0, -1))}>
              {t("undo")}
            </Button>
          )}
        </Group>
        {error && (
          <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap" }}>
            {error.message}
          </Alert>
        )}
        {now && (
          <>
            <Conversation lines={now.lines} />
            <Waits
              key={moments.length}
              waits={now.talk.waits}
              isBusy={go.isPending}
              onMove={(move, said) => go.mutate({ move, said })}
            />
          </>
        )}
      </Stack>
      {now && <Known talk={now.talk} moments={moments} />}
    </Group>
  );
}

const USUAL = { now: "", language: "", caller: {}, callee: "" };
const EMPTY: Talk["talk"] = {
  flow: "",
  version: "",
  beginning: { ...USUAL, today: "2000-01-01" },
  moves: [],
};

/** The day where this browser is, as 2026-11-26. */
function today(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

function linesOf(talk: Talk): Line[] {
  return talk.said.map(({ text }) => ({ who: "voxdesk", text }));
}

function Conversation({ lines }: { lines: Line[] }) {
  const t = useTexts();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In braces: newer browsers give a promise, which isn't to be taken for a clean-up.
    end.current?.scrollIntoView({ block: "nearest" });
  }, [lines.length]);
  return (
    <ScrollArea.Autosize mah="50vh" type="auto">
      <Stack gap={6} role="log" aria-live="polite">
        {lines.map((line, place) => (
          <Paper
            key={place}
            withBorder
            px="sm"
            py={6}
            maw="85%"
            style={{ alignSelf: line.who === "caller" ? "flex-end" : "flex-start" }}
          >
            <Text size="xs" c="dimmed">
              {line.who === "caller" ? t("caller") : "Voxdesk"}
            </Text>
            <Text>{line.text}</Text>
          </Paper>
        ))}
        <div ref={end} />
      </Stack>
    </ScrollArea.Autosize>
  );
}

function Known({ talk, moments }: { talk: Talk; moments: Moment[] }) {
  const t = useTexts();
  const steps = moments.flatMap((moment) => moment.talk.steps);
  const known = Object.entries(talk.variables).filter(([, value]) => value !== null);
  return (
    <Stack style={{ flex: "1 1 240px" }} gap="xs">
      <Text fw={600}>{t("steps")}</Text>
      <Group gap={4}>
        {steps.map((step, place) => (
          <Badge key={place} variant={place === steps.length - 1 ? "filled" : "light"} tt="none">
            {step}
          </Badge>
        ))}
      </Group>
      {known.length > 0 && (
        <>
          <Text fw={600}>{t("variables")}</Text>
          <Code block>
            {known.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join("\n")}
          </Code>
        </>
      )}
    </Stack>
  );
}
