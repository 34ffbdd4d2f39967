import { Anchor, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { Link, useNavigate } from "react-router";

import { nextCall, without, type Queue } from "./queue";
import { useTexts } from "./texts";

export const toScore = (call: string) => `/calls/${call}?tab=score`;

/** How far one is in the calls that were drawn, and to the next one. */
export function QueueBar({
  queue,
  callId,
  setQueue,
  endQueue,
}: {
  queue: Queue;
  callId: string;
  setQueue: (queue: Queue) => void;
  endQueue: () => void;
}) {
  const t = useTexts();
  const navigate = useNavigate();
  const next = nextCall(queue, callId);
  const [done, of] = [queue.done.length, queue.calls.length];
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600} role="status">
          {next || done < of ? t("ofQueue", { done, of }) : t("queueDone", { of })}
        </Text>
        <Group gap="xs">
          {next && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                if (!queue.done.includes(callId)) setQueue(without(queue, callId));
                void navigate(toScore(next));
              }}
            >
              {t(queue.done.includes(callId) ? "nextCall" : "skipCall")}
            </Button>
          )}
          <Anchor component={Link} to="/scores?tab=next" size="sm">
            {t("queuePage")}
          </Anchor>
          {!next && (
            <Button size="compact-sm" variant="default" onClick={endQueue}>
              {t("endQueue")}
            </Button>
          )}
        </Group>
      </Group>
      <Progress value={of ? (done / of) * 100 : 0} aria-label={t("ofQueue", { done, of })} />
    </Stack>
  );
}
