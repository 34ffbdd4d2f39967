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
  Switch,
  Text,
} from "@mantine/core";
import { IconPlayerStop, IconVolume } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { useFlowName } from "./FlowPage";
import { useMicrophone } from "./microphone";
import { allFlows } from "./queries";
import { useMayEdit } from "./rights";
import { SaveTest } from "./SaveTest";
import { wavOf } from "./sound";
import { usePrompts } from "./speech";
import classes from "./flows.module.css";
import { useTexts } from "./tryTexts";
import { RECORDS, TrySettings, type TryOptions } from "./TrySettings";
import { Voice } from "./Voice";
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

/** Talk with a flow as a caller would by phone: in writing, or by voice. */
export function Try() {
  const t = useTexts();
  const flow = useFlowName();
  const mayEdit = useMayEdit();
  const listed = useQuery(allFlows).data?.find((one) => one.name === flow);
  const [source, setSource] = useState<"draft" | "live">("draft");
  const [options, setOptions] = useState<TryOptions>({
    language: "",
    phone: "",
    today: today(),
    now: "",
    answers: "me",
    records: RECORDS,
  });
  const [moments, setMoments] = useState<Moment[]>([]);
  const [isSaving, setSaving] = useState(false);
  const [byVoice, setByVoice] = useState(false);
  const [voiceTrouble, setVoiceTrouble] = useState("");
  const { language, languages } = useFormats();
  const now = moments.at(-1);
  const answering = {
    crm: options.answers === "crm",
    records: options.answers === "records" ? options.records : "",
  };
  const speak = (talk: Talk) => {
    if (!byVoice) return;
    void prompts.play(talk.said).then((wasHeard) => {
      if (wasHeard && talk.waits.what === "caller") void microphone.start();
    });
  };
  const begin = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/trials", {
          body: {
            ...answering,
            flow,
            source,
            phone: options.phone,
            beginning: {
              ...USUAL,
              today: options.today || today(),
              now: options.now,
              language: options.language,
            },
          },
        }),
      ),
    onSuccess: (talk) => {
      setMoments([{ talk, lines: linesOf(talk) }]);
      speak(talk);
    },
  });
  const go = useMutation({
    mutationFn: ({ move }: { move: Move; said: string }) =>
      got(
        api.POST("/api/v1/trials/moves", {
          body: { ...answering, talk: now?.talk.talk ?? EMPTY, move },
        }),
      ),
    onMutate: () => {
      prompts.stop();
      microphone.stop(false);
    },
    onSuccess: (talk, { said }) => {
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
      ]);
      speak(talk);
    },
  });
  const hear = useMutation({
    mutationFn: async (sound: Blob) =>
      got(
        api.POST("/api/v1/trials/utterances", {
          body: { talk: now?.talk.talk ?? EMPTY, sound: await wavOf(sound), narrow: true },
        }),
      ),
    onSuccess: ({ texts, confidence }) => {
      if (texts.length === 0) go.mutate({ move: { do: "silence" }, said: "…" });
      else go.mutate({ move: { do: "say", texts, confidence }, said: texts[0] ?? "" });
    },
  });
  const prompts = usePrompts((problem) => setVoiceTrouble(problem.message));
  const microphone = useMicrophone((sound) => hear.mutate(sound));
  const error = begin.error ?? go.error ?? hear.error;
  const hasLive = (listed?.live ?? 0) > 0;
  const steps = moments.flatMap((moment) => moment.talk.steps);
  return (
    <Group align="flex-start" wrap="wrap">
      <Stack style={{ flex: "2 1 320px", minWidth: 0 }}>
        <Group align="flex-end" className={classes.options}>
          <Select
            label={t("talkAs")}
            w={140}
            allowDeselect={false}
            value={listed && !listed.has_draft ? "live" : source}
            onChange={(value) => setSource(value === "live" ? "live" : "draft")}
            data={[
              ...(listed?.has_draft === false ? [] : [{ value: "draft", label: t("draft") }]),
              ...(hasLive ? [{ value: "live", label: t("live") }] : []),
            ]}
          />
          <Select
            label={t("language")}
            w={150}
            clearable
            placeholder={language(listed?.languages[0] ?? "en")}
            value={options.language || null}
            onChange={(language) => setOptions({ ...options, language: language ?? "" })}
            data={languages(listed?.languages ?? ["en"])}
          />
          <Button onClick={() => begin.mutate()} loading={begin.isPending}>
            {now ? t("again") : t("begin")}
          </Button>
          {moments.length > 1 && (
            <Button
              variant="default"
              onClick={() => {
                prompts.stop();
                setMoments((before) => before.slice(0, -1));
              }}
            >
              {t("undo")}
            </Button>
          )}
          <Switch
            label={t("byVoice")}
            description={t("byVoiceHelp")}
            checked={byVoice}
            onChange={(event) => {
              setByVoice(event.currentTarget.checked);
              setVoiceTrouble("");
              if (!event.currentTarget.checked) {
                prompts.stop();
                microphone.stop(false);
              }
            }}
          />
        </Group>
        <TrySettings options={options} onChange={setOptions} />
        {error && (
          <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap" }}>
            {error.message}
          </Alert>
        )}
        {voiceTrouble && (
          <Alert color="yellow" withCloseButton onClose={() => setVoiceTrouble("")}>
            {voiceTrouble}
          </Alert>
        )}
        {!now && !begin.isPending && (
          <EmptyState title={t("notBegun")}>{t("notBegunWhy")}</EmptyState>
        )}
        {now && (
          <>
            <Conversation lines={now.lines} />
            <Group>
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={
                  prompts.isPlaying ? <IconPlayerStop size={14} /> : <IconVolume size={14} />
                }
                onClick={() =>
                  prompts.isPlaying ? prompts.stop() : void prompts.play(now.talk.said)
                }
              >
                {prompts.isPlaying ? t("stopHearing") : t("hearPrompt")}
              </Button>
              {mayEdit && (
                <Button size="compact-sm" variant="subtle" onClick={() => setSaving(true)}>
                  {t("asTest")}
                </Button>
              )}
              <Button
                size="compact-sm"
                variant="subtle"
                component={Link}
                to={`/flows/${flow}?source=${source}&days=0&way=${encodeURIComponent(steps.join(","))}`}
              >
                {t("seeWay")}
              </Button>
            </Group>
            <Waits
              key={moments.length}
              waits={now.talk.waits}
              isBusy={go.isPending}
              onMove={(move, said) => go.mutate({ move, said })}
              voice={
                <Voice
                  isOn={microphone.isOn}
                  level={microphone.level}
                  isHearing={hear.isPending}
                  trouble={microphone.trouble}
                  onStart={() => {
                    prompts.stop();
                    void microphone.start();
                  }}
                  onStop={() => microphone.stop()}
                  onFile={(sound) => hear.mutate(sound)}
                />
              }
            />
          </>
        )}
      </Stack>
      {now && <Known talk={now.talk} steps={steps} />}
      {now && isSaving && <SaveTest talk={now.talk.talk} onClose={() => setSaving(false)} />}
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

function Known({ talk, steps }: { talk: Talk; steps: string[] }) {
  const t = useTexts();
  const known = Object.entries(talk.variables).filter(([, value]) => value !== null);
  return (
    <Stack style={{ flex: "1 1 240px", minWidth: 0 }} gap="xs">
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
