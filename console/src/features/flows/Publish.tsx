import { Alert, Button, Group, Modal, ScrollArea, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { Loaded } from "../../shared/Loaded";
import { DiffView } from "./DiffView";
import { diffOf } from "./queries";
import { useTexts } from "./texts";

/** Shows what changes, asks why, and publishes; a refusal shows its whole report. */
export function Publish({
  flow,
  hash,
  isNew,
  onClose,
}: {
  flow: string;
  hash: string;
  isNew: boolean;
  onClose: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const diff = useQuery({
    ...diffOf(flow, isNew ? "nothing" : "live", "draft"),
    staleTime: 0,
    gcTime: 0,
  });
  const form = useForm({ mode: "uncontrolled", initialValues: { reason: "" } });
  const publish = useMutation({
    mutationFn: (reason: string) =>
      got(
        api.POST("/api/v1/flows/{flow}/publish", {
          params: { path: { flow } },
          body: { reason, hash },
        }),
      ),
    onSuccess: async ({ number }) => {
      notifications.show({ color: "teal", message: t("published", { number }) });
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
            <Button type="submit" loading={publish.isPending}>
              {t("publishNow")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
