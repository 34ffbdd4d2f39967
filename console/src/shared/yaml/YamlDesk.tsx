import {
  Alert,
  Anchor,
  Badge,
  Box,
  Button,
  Group,
  List,
  Modal,
  Paper,
  Stack,
  Text,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { useBlocker, useSearchParams } from "react-router";

import { ApiError } from "../api";
import type { JsonSchema } from "./completion";
import { Editor, type EditorHandle, type Problem } from "./Editor";
import { confirmed, type Question } from "../confirm";
import { usePageKeys } from "../keys";
import { Merge } from "./Merge";
import { useTexts } from "./texts";
import { problemSaid, useWordings } from "../worded";

const NEWS_EVERY_MS = 20_000;

/** A text as the API has it; `hash` is what a change of it replaces. */
export interface Written {
  name: string;
  text: string;
  hash: string;
  problems: Problem[];
}

/**
 * A YAML file of the staff's: edited with its mistakes shown, saved, and kept from being
 * overwritten by somebody else or left unsaved.
 */
export function YamlDesk({
  written,
  first = "",
  schema,
  readOnly,
  read,
  write,
  check,
  actions,
}: {
  written: Written;
  /** What a file that isn't there yet begins with; not saved yet. */
  first?: string;
  schema: JsonSchema;
  readOnly: boolean;
  /** As it is now. */
  read: () => Promise<Written>;
  /** Fails with 409 when what it replaces isn't there any more. */
  write: (text: string, replaces: string) => Promise<Written>;
  check: (text: string) => Promise<Problem[]>;
  /** What else can be done; `null`: not while there are changes or mistakes. */
  actions?: (ready: Written | null) => ReactNode;
}) {
  const t = useTexts();
  useWordings();
  const [base, setBase] = useState(written);
  const [text, setText] = useState(written.text || first);
  const [problems, setProblems] = useState<Problem[]>(written.problems);
  const [theirs, setTheirs] = useState<Written | null>(null);
  const [merged, setMerged] = useState("");
  const editor = useRef<EditorHandle | null>(null);
  const isChanged = text !== base.text;
  useUnsavedGuard(isChanged, { title: t("leave"), text: t("leaveWhat"), label: t("leaveNow") });
  useStepOfAddress(editor);
  usePageKeys([
    [["Ctrl", "S"], t("k_save")],
    [["Ctrl", "Space"], t("k_complete")],
    [["Ctrl", "F"], t("k_find")],
    [["Esc", "Tab"], t("k_out")],
  ]);

  const saving = useMutation({
    mutationFn: (wanted: { text: string; replaces: string }) => write(wanted.text, wanted.replaces),
    onSuccess: (now, wanted) => {
      setBase(now);
      if (editor.current?.text() === text && wanted.text !== text) {
        editor.current.replace(wanted.text);
      }
      setProblems(now.problems);
      setTheirs(null);
      notifications.show({ message: t("saved"), color: "teal" });
    },
    onError: async (error) => {
      if (error instanceof ApiError && error.status === 409) compareWith(await read());
    },
  });
  const save = () => {
    if (!readOnly && isChanged && !saving.isPending) saving.mutate({ text, replaces: base.hash });
  };
  const news = useNews(read, base.hash, saving.isPending || theirs !== null);
  function compareWith(now: Written) {
    setMerged(editor.current?.text() ?? text);
    setTheirs(now);
  }
  const takeTheirs = () => {
    if (!theirs) return;
    setBase(theirs);
    setProblems(theirs.problems);
    editor.current?.replace(theirs.text);
    setTheirs(null);
  };
  const seeNews = () => {
    if (!news) return;
    if (isChanged) compareWith(news);
    else {
      setBase(news);
      setProblems(news.problems);
      editor.current?.replace(news.text);
    }
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Group gap="xs">
          {!readOnly && (
            <Button onClick={save} disabled={!isChanged} loading={saving.isPending}>
              {t("save")}
            </Button>
          )}
          {actions?.(isChanged || problems.length > 0 ? null : base)}
          {isChanged && <Badge color="yellow">{t("unsaved")}</Badge>}
        </Group>
        <Text size="xs" c="dimmed">
          {t("help")}
        </Text>
      </Group>
      {news && !theirs && (
        <Alert color="yellow" role="status">
          <Group justify="space-between">
            <Text size="sm">{t("conflict")}</Text>
            <Button size="compact-sm" variant="default" onClick={seeNews}>
              {isChanged ? t("compare") : t("showTheirs")}
            </Button>
          </Group>
        </Alert>
      )}
      {saving.error && !theirs && (
        <Alert color="red" role="alert">
          {saving.error.message}
        </Alert>
      )}
      <Paper withBorder h="calc(100vh - 330px)" mih={320} style={{ overflow: "hidden" }}>
        <Editor
          name={base.name}
          text={base.text || first}
          schema={schema}
          readOnly={readOnly}
          label={base.name}
          check={check}
          onReady={(handle) => (editor.current = handle)}
          onChange={setText}
          onSave={save}
          onProblems={setProblems}
        />
      </Paper>
      <Problems problems={problems} onLine={(line) => editor.current?.goTo(line)} />
      <Modal
        opened={theirs !== null}
        onClose={() => setTheirs(null)}
        title={t("conflict")}
        size="90%"
      >
        <Stack>
          <Text size="sm">{t("conflictHelp")}</Text>
          {theirs && (
            <Paper withBorder h="50vh" style={{ overflow: "hidden" }}>
              <Merge
                mine={merged}
                theirs={theirs.text}
                label={base.name}
                keep={t("keepHere")}
                take={t("takeHere")}
                onChange={setMerged}
              />
            </Paper>
          )}
          {saving.error && (
            <Alert color="red" role="alert">
              {saving.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="subtle" onClick={() => setTheirs(null)}>
              {t("later")}
            </Button>
            <Button variant="default" onClick={takeTheirs}>
              {t("takeTheirs")}
            </Button>
            <Button
              loading={saving.isPending}
              onClick={() => theirs && saving.mutate({ text: merged, replaces: theirs.hash })}
            >
              {t("saveMerged")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

function Problems({ problems, onLine }: { problems: Problem[]; onLine: (line: number) => void }) {
  const t = useTexts();
  return (
    <Box role="status" mah={140} style={{ overflow: "auto" }}>
      {problems.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noProblems")}
        </Text>
      ) : (
        <List size="sm" spacing={4}>
          {problems
            .map((problem, place) => ({ ...problem, ...problemSaid(problem), place }))
            .map((problem) => (
              <List.Item key={problem.place}>
                <Anchor component="button" size="sm" onClick={() => onLine(problem.line)}>
                  {problem.file && `${problem.file} `}
                  {t("line", { line: problem.line })}
                </Anchor>{" "}
                {problem.text}{" "}
                <Text span c="dimmed" size="sm">
                  {problem.hint}
                </Text>
              </List.Item>
            ))}
        </List>
      )}
    </Box>
  );
}

/** What somebody else has saved meanwhile; looked for now and then, and on coming back. */
function useNews(read: () => Promise<Written>, hash: string, isBusy: boolean): Written | null {
  const [found, setFound] = useState<Written | null>(null);
  const look = useEffectEvent(async () => {
    if (isBusy || document.hidden) return;
    setFound(await read().catch(() => null));
  });
  useEffect(() => {
    const again = () => void look();
    const timer = setInterval(again, NEWS_EVERY_MS);
    window.addEventListener("focus", again);
    return () => {
      clearInterval(timer);
      window.removeEventListener("focus", again);
    };
  }, []);
  return found && found.hash !== hash ? found : null;
}

/** Asks before unsaved text is left, by a link of ours or by closing the window. */
function useUnsavedGuard(isUnsaved: boolean, { title, text, label }: Question) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isUnsaved && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    let isOver = false;
    void confirmed({ title, text, label }).then((yes) => {
      if (isOver) return;
      if (yes) blocker.proceed();
      else blocker.reset();
    });
    return () => {
      isOver = true;
    };
    // Once for each time that it is blocked, whatever is drawn anew meanwhile.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [blocker.state]);
  useEffect(() => {
    if (!isUnsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
}

/** Goes to the step that the address names: `?step=hello`. */
function useStepOfAddress(editor: React.RefObject<EditorHandle | null>) {
  const [asked] = useSearchParams();
  const step = asked.get("step");
  useEffect(() => {
    if (!step || !editor.current) return;
    const lines = editor.current.text().split("\n");
    const place = lines.findIndex(
      (line) => /^\s+/.test(line) && line.trim().startsWith(`${step}:`),
    );
    if (place >= 0) editor.current.goTo(place + 1);
  }, [step, editor]);
}
