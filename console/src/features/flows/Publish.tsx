import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  ScrollArea,
  Stack,
  Text,
  Textarea,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got } from "../../shared/api";
import { Loaded } from "../../shared/Loaded";
import { DiffView } from "./DiffView";
import { diffOf } from "./queries";
import { useTakeover } from "./takeover";
import { useTexts } from "./texts";

/** Shows what changes, asks why, and publishes; a refusal shows its whole report. */
export function Publish({
  flow,
  hash,
  base,
  live,
  onClose,
}: {
  flow: string;
  hash: string;
  /** The version that the draft was made from, and the one that is live; 0: none. */
  base: number;
  live: number;
  onClose: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const takeover = useTakeover();
  const isBehind = live > 0 && base !== live;
  const [hasAll, setHasAll] = useState(!isBehind);
  const diff = useQuery({
    ...diffOf(flow, live === 0 ? "nothing" : "live", "draft"),
    staleTime: 0,
    gcTime: 0,
  });
  const form = useForm({ mode: "uncontrolled", initialValues: { reason: "" } });
  const publish = useMutation({
    mutationFn: (reason: string) =>
      got(
        api.POST("/api/v1/flows/{flow}/publish", {
          params: { path: { flow } },
          body: { reason, hash, base: base === live ? null : live },
        }),
      ),
    onSuccess: async ({ number }) => {
      takeover(flow, number);
      onClose();
      await queries.invalidateQueries({ queryKey: ["flows"] });
    },
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={t("publishTitle", { flow })}>
      <form onSubmit={form.onSubmit(({ reason }) => publish.mutate(reason))}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t("publishHelp")}
          </Text>
          <ScrollArea.Autosize mah={320} type="auto">
            <Loaded query={diff}>{(found) => <DiffView diff={found} />}</Loaded>
          </ScrollArea.Autosize>
          {isBehind && (
            <Alert color="yellow" title={t("behind", { base, live })}>
              <Stack gap="xs">
                <Text size="sm">{t("behindHelp", { live })}</Text>
                <Checkbox
                  label={t("hasAll", { live })}
                  checked={hasAll}
                  onChange={(event) => setHasAll(event.currentTarget.checked)}
                />
              </Stack>
            </Alert>
          )}
          <Textarea
            label={t("reason")}
            description={t("reasonHelp")}
            required
            maxLength={500}
            data-autofocus
            key={form.key("reason")}
            {...form.getInputProps("reason")}
          />
          {publish.error && (
            <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap" }}>
              {publish.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={publish.isPending} disabled={!hasAll}>
              {t("publishNow")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
