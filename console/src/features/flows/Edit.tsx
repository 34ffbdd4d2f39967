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
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useBlocker, useSearchParams } from "react-router";

import { api, ApiError, got, type Schemas } from "../../shared/api";
import { Loaded } from "../../shared/Loaded";
import type { JsonSchema } from "./completion";
import { Editor, type EditorHandle } from "./Editor";
import { useFlowName } from "./FlowPage";
import { Publish } from "./Publish";
import { allFlows, draftOf } from "./queries";
import { useMayEdit } from "./rights";
import { useTexts } from "./texts";

type Draft = Schemas["DraftOut"];
type Problem = Schemas["ProblemOut"];

/** The draft's text, with its mistakes at their lines; saved and published from here. */
export function Edit() {
  const flow = useFlowName();
  const draft = useQuery({ ...draftOf(flow), refetchOnWindowFocus: false });
  const schema = useQuery({
    queryKey: ["flow-schema"],
    queryFn: () => got(api.GET("/api/v1/flow-schema")),
    staleTime: Infinity,
  });
  return (
    <Loaded query={draft}>
      {(found) => (
        <Loaded query={schema}>{(keys) => <Desk key={flow} draft={found} schema={keys} />}</Loaded>
      )}
    </Loaded>
  );
}

function Desk({ draft, schema }: { draft: Draft; schema: JsonSchema }) {
  const t = useTexts();
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const flow = draft.name;
  const [base, setBase] = useState(draft);
  const [text, setText] = useState(draft.text);
  const [problems, setProblems] = useState<Problem[]>(draft.problems);
  const [publishing, setPublishing] = useState(false);
  const [theirs, setTheirs] = useState<Draft | null>(null);
  const editor = useRef<EditorHandle | null>(null);
  const live = useQuery(allFlows).data?.find((one) => one.name === flow)?.live ?? 0;
  const isChanged = text !== base.text;
  useUnsavedGuard(isChanged, t("leave"));
  useStepOfAddress(editor);

  const write = useMutation({
    mutationFn: (replaces: string) =>
      got(
        api.PUT("/api/v1/flows/{flow}/draft", {
          params: { path: { flow } },
          body: { text, replaces },
        }),
      ),
    onSuccess: async (written) => {
      setBase(written);
      setProblems(written.problems);
      setTheirs(null);
      notifications.show({ message: t("saved"), color: "teal" });
      queries.setQueryData(draftOf(flow).queryKey, written);
      await queries.invalidateQueries({ queryKey: ["flows"], refetchType: "none" });
      await queries.invalidateQueries({ queryKey: ["flows"], exact: true });
    },
    onError: async (error) => {
      if (error instanceof ApiError && error.status === 409) {
        setTheirs(await got(api.GET("/api/v1/flows/{flow}/draft", { params: { path: { flow } } })));
      }
    },
  });
  const save = () => {
    if (mayEdit && isChanged && !write.isPending) write.mutate(base.hash);
  };
  const takeTheirs = () => {
    if (!theirs) return;
    setBase(theirs);
    editor.current?.replace(theirs.text);
    setTheirs(null);
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Group gap="xs">
          {mayEdit && (
            <>
              <Button onClick={save} disabled={!isChanged} loading={write.isPending}>
                {t("save")}
              </Button>
              <Button
                variant="light"
                disabled={isChanged || problems.length > 0}
                onClick={() => setPublishing(true)}
              >
                {t("publish")}
              </Button>
            </>
          )}
          {isChanged && <Badge color="yellow">{t("unsaved")}</Badge>}
        </Group>
        <Text size="xs" c="dimmed">
          {t("help")}
        </Text>
      </Group>
      {write.error && !theirs && (
        <Alert color="red" role="alert">
          {write.error.message}
        </Alert>
      )}
      <Paper withBorder h="calc(100vh - 330px)" mih={320} style={{ overflow: "hidden" }}>
        <Editor
          flow={flow}
          text={base.text}
          schema={schema}
          readOnly={!mayEdit}
          label={flow}
          onReady={(handle) => (editor.current = handle)}
          onChange={setText}
          onSave={save}
          onProblems={setProblems}
        />
      </Paper>
      <Problems problems={problems} onLine={(line) => editor.current?.goTo(line)} />
      {publishing && (
        <Publish
          flow={flow}
          hash={base.hash}
          isNew={live === 0}
          onClose={() => setPublishing(false)}
        />
      )}
      <Modal opened={theirs !== null} onClose={() => setTheirs(null)} title={t("conflict")}>
        <Stack>
          <Text>{t("conflictHelp")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={takeTheirs}>
              {t("takeTheirs")}
            </Button>
            <Button onClick={() => theirs && write.mutate(theirs.hash)}>{t("keepMine")}</Button>
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
          {problems.map((problem, place) => (
            <List.Item key={place}>
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

/** Asks before unsaved text is left, by a link of ours or by closing the window. */
function useUnsavedGuard(isUnsaved: boolean, question: string) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isUnsaved && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    if (window.confirm(question)) blocker.proceed();
    else blocker.reset();
  }, [blocker, question]);
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
