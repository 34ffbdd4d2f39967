import {
  Anchor,
  Alert,
  Button,
  Checkbox,
  Group,
  Paper,
  Stack,
  Text,
  Textarea,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type RefObject } from "react";

import { api } from "../../shared/api";
import { durationOf, useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { confirmed } from "../../shared/confirm";
import { commentsOf, type Comment } from "./queries";
import { useTexts } from "./callTexts";
import type { Player } from "./usePlayer";

/** What people wrote beside the call, at its moments. */
export function Comments({
  call,
  player,
  field,
}: {
  call: string;
  player: Player;
  field: RefObject<HTMLTextAreaElement | null>;
}) {
  const t = useTexts();
  const { role } = useSession();
  const query = useQuery(commentsOf(call));
  const mayWrite = role === "administrator" || role === "supervisor";
  return (
    <Stack gap="sm">
      <Loaded query={query}>
        {(comments) =>
          comments.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("noComments")}
            </Text>
          ) : (
            comments.map((comment) => (
              <One key={comment.id} call={call} comment={comment} player={player} />
            ))
          )
        }
      </Loaded>
      {mayWrite && <Write call={call} player={player} field={field} />}
    </Stack>
  );
}

function One({ call, comment, player }: { call: string; comment: Comment; player: Player }) {
  const t = useTexts();
  const formats = useFormats();
  const queries = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const at = comment.at_ms;
  const path = { call_id: call, number: comment.id };
  const onSuccess = async () => {
    setText(null);
    await queries.invalidateQueries(commentsOf(call));
  };
  const change = useMutation({
    mutationFn: (body: { text: string; at_ms: number | null }) =>
      api.PUT("/api/v1/calls/{call_id}/comments/{number}", { params: { path }, body }),
    onSuccess,
  });
  const erase = useMutation({
    mutationFn: () => api.DELETE("/api/v1/calls/{call_id}/comments/{number}", { params: { path } }),
    onSuccess,
  });
  const error = change.error ?? erase.error;
  return (
    <Paper withBorder p="xs">
      <Group gap={6} justify="space-between">
        <Text size="sm">
          <strong>{comment.author}</strong>{" "}
          {at === null ? (
            t("commentWhole")
          ) : (
            <Anchor component="button" type="button" onClick={() => player.seek(at)}>
              {t("commentAt", { time: durationOf(at / 1000) })}
            </Anchor>
          )}
        </Text>
        <Text size="xs" c="dimmed">
          {formats.time(comment.written_at)}
          {comment.changed_at && ` · ${t("changed")}`}
        </Text>
      </Group>
      {error && (
        <Alert color="red" role="alert">
          {error.message}
        </Alert>
      )}
      {text === null ? (
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {comment.text}
        </Text>
      ) : (
        <Textarea
          aria-label={t("comment")}
          autosize
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {comment.mine && (
        <Group gap={4} justify="flex-end">
          {text === null ? (
            <>
              <Button size="compact-sm" variant="subtle" onClick={() => setText(comment.text)}>
                {t("edit")}
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                loading={erase.isPending}
                onClick={async () => {
                  const sure = { title: t("eraseSure"), text: t("eraseWhat"), label: t("erase") };
                  if (await confirmed(sure)) erase.mutate();
                }}
              >
                {t("erase")}
              </Button>
            </>
          ) : (
            <>
              <Button size="compact-sm" variant="default" onClick={() => setText(null)}>
                {t("cancel")}
              </Button>
              <Button
                size="compact-sm"
                disabled={!text.trim()}
                loading={change.isPending}
                onClick={() => change.mutate({ text, at_ms: at })}
              >
                {t("save")}
              </Button>
            </>
          )}
        </Group>
      )}
    </Paper>
  );
}

/** Where the sound is, in whole seconds: rendered once a second, not with each step of the player. */
function useHeardSecond(player: Player): number {
  const [second, setSecond] = useState(0);
  useEffect(() => {
    const tell = (ms: number) => setSecond(Math.floor(ms / 1000));
    tell(player.positionMs());
    return player.onMove(tell);
  }, [player]);
  return second;
}

function Write({
  call,
  player,
  field,
}: {
  call: string;
  player: Player;
  field: RefObject<HTMLTextAreaElement | null>;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [at, setAt] = useState<number | null>(null);
  const [isAt, setIsAt] = useState(true);
  const heard = useHeardSecond(player);
  const moment = at ?? heard * 1000;
  const send = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/calls/{call_id}/comments", {
        params: { path: { call_id: call } },
        body: { text, at_ms: isAt ? moment : null },
      }),
    onSuccess: async () => {
      setText("");
      setAt(null);
      await queries.invalidateQueries(commentsOf(call));
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack gap="xs">
        <Textarea
          ref={field}
          label={t("writeComment")}
          autosize
          minRows={2}
          maxLength={4000}
          value={text}
          error={send.error?.message}
          onFocus={() => text || setAt(player.positionMs())}
          onBlur={() => text || setAt(null)}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="space-between">
          <Checkbox
            label={t("atMoment", { time: durationOf(moment / 1000) })}
            checked={isAt}
            onChange={(event) => setIsAt(event.currentTarget.checked)}
          />
          <Button type="submit" disabled={!text.trim()} loading={send.isPending}>
            {t("send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
