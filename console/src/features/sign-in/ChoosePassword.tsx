import { Alert, Loader, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { Form } from "../../shared/Form";
import { useFormats } from "../../shared/formats";
import { secretOfAddress, useEntered } from "./byLink";
import { useTexts } from "./texts";
import { Way } from "./Way";

/** Choose a password by the one-time link that an administrator gave. */
export function ChoosePassword() {
  const t = useTexts();
  const { time } = useFormats();
  const secret = secretOfAddress();
  const link = useQuery({
    queryKey: ["password-link", secret],
    queryFn: () => got(api.POST("/api/v1/password-links/look", { body: { secret } })),
    enabled: secret !== "",
  });
  const form = useForm({ mode: "uncontrolled", initialValues: { password: "" } });
  const choose = useMutation({
    mutationFn: ({ password }: typeof form.values) =>
      got(api.POST("/api/v1/password-links", { body: { secret, password } })),
    onSuccess: useEntered(),
  });
  if (!link.data) {
    return (
      <Way title={t("choose")}>
        {link.isLoading ? (
          <Loader />
        ) : (
          <Alert color="red" title={link.error ? undefined : t("noSecret")} role="alert">
            {link.error?.message ?? t("noSecretHelp")}
          </Alert>
        )}
      </Way>
    );
  }
  const help = t("chooseFor", { name: link.data.name, until: time(link.data.until) });
  return (
    <Way title={t("choose")} help={help}>
      <Form
        onSubmit={form.onSubmit((values) => choose.mutate(values))}
        error={choose.error}
        isBusy={choose.isPending}
        label={t("choose")}
      >
        <input type="hidden" name="username" autoComplete="username" value={link.data.name} />
        <PasswordInput
          label={t("password")}
          description={t("passwordHelp")}
          autoComplete="new-password"
          required
          autoFocus
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
      </Form>
    </Way>
  );
}
