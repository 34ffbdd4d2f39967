import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, got, type Schemas } from "../../shared/api";
import { testFileOf } from "./queries";
import { useTexts } from "./tryTexts";

/** A talk becomes a test beside its flow: what was done, and what must be heard then. */
export function SaveTest({
  talk,
  onClose,
}: {
  talk: Schemas["TalkOut"]["talk"];
  onClose: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "" } });
  const save = useMutation({
    mutationFn: (name: string) =>
      got(
        api.POST("/api/v1/flows/{flow}/test-file/talks", {
          params: { path: { flow: talk.flow } },
          body: { name, talk },
        }),
      ),
    onSuccess: (file) => {
      queries.setQueryData(testFileOf(talk.flow).queryKey, file);
      notifications.show({ color: "teal", message: t("savedTest", { file: file.name }) });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("asTest")}>
      <form onSubmit={form.onSubmit(({ name }) => save.mutate(name))}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t("asTestHelp")}
          </Text>
          <TextInput
            label={t("testName")}
            required
            maxLength={120}
            data-autofocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          {save.error && (
            <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap" }}>
              {save.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("saveTest")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
