import { PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { Form } from "../../shared/Form";
import { sessionKey } from "../../shared/session";
import { useTexts } from "./texts";

/** Another password for oneself. */
export function ChangePassword() {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm({ mode: "uncontrolled", initialValues: { present: "", wanted: "" } });
  const change = useMutation({
    mutationFn: (body: typeof form.values) => got(api.PUT("/api/v1/session/password", { body })),
    onSuccess: (session) => {
      form.reset();
      queries.setQueryData(sessionKey, session);
      notifications.show({ color: "teal", message: t("passwordChanged") });
    },
  });
  return (
    <Form
      onSubmit={form.onSubmit((values) => change.mutate(values))}
      error={change.error}
      isBusy={change.isPending}
      label={t("changePassword")}
    >
      <PasswordInput
        label={t("present")}
        autoComplete="current-password"
        required
        key={form.key("present")}
        {...form.getInputProps("present")}
      />
      <PasswordInput
        label={t("wanted")}
        description={t("passwordHelp")}
        autoComplete="new-password"
        required
        key={form.key("wanted")}
        {...form.getInputProps("wanted")}
      />
    </Form>
  );
}
