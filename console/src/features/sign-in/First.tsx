import { Alert, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { Form } from "../../shared/Form";
import { useLanguage } from "../../shared/texts";
import { secretOfAddress, useEntered } from "./byLink";
import { useTexts } from "./texts";
import { Way } from "./Way";

/** Become the first administrator, by the link that was printed at the first start. */
export function First() {
  const t = useTexts();
  const [language] = useLanguage();
  const secret = secretOfAddress();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", display_name: "", password: "" },
  });
  const become = useMutation({
    mutationFn: (values: typeof form.values) =>
      got(api.POST("/api/v1/first-administrator", { body: { ...values, secret, language } })),
    onSuccess: useEntered(),
  });
  if (!secret) {
    return (
      <Way title={t("first")}>
        <Alert color="red" title={t("noSecret")}>
          {t("noSecretHelp")}
        </Alert>
      </Way>
    );
  }
  return (
    <Way title={t("first")} help={t("firstHelp")}>
      <Form
        onSubmit={form.onSubmit((values) => become.mutate(values))}
        error={become.error}
        isBusy={become.isPending}
        label={t("become")}
      >
        <TextInput
          label={t("name")}
          description={t("nameHelp")}
          autoComplete="username"
          required
          maxLength={80}
          autoFocus
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("displayName")}
          autoComplete="name"
          maxLength={80}
          key={form.key("display_name")}
          {...form.getInputProps("display_name")}
        />
        <PasswordInput
          label={t("password")}
          description={t("passwordHelp")}
          autoComplete="new-password"
          required
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
      </Form>
    </Way>
  );
}
