import { PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { Form } from "../../shared/Form";
import type { Session } from "../../shared/session";
import { useTexts } from "./texts";

/** Name and password; `name`: of whoever was signed in before, and signs in again. */
export function SignInForm({
  name = "",
  onSignedIn,
}: {
  name?: string;
  onSignedIn: (session: Session) => void;
}) {
  const t = useTexts();
  const form = useForm({ mode: "uncontrolled", initialValues: { name, password: "" } });
  const attempt = useMutation({
    mutationFn: (body: typeof form.values) => got(api.POST("/api/v1/session", { body })),
    onSuccess: onSignedIn,
  });
  return (
    <Form
      onSubmit={form.onSubmit((values) => attempt.mutate(values))}
      error={attempt.error}
      isBusy={attempt.isPending}
      label={t("signIn")}
    >
      <TextInput
        label={t("name")}
        autoComplete="username"
        required
        readOnly={name !== ""}
        data-autofocus={name === "" || undefined}
        key={form.key("name")}
        {...form.getInputProps("name")}
      />
      <PasswordInput
        label={t("password")}
        autoComplete="current-password"
        required
        data-autofocus={name !== "" || undefined}
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
    </Form>
  );
}
