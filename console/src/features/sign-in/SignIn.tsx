import {
  Alert,
  Button,
  Container,
  Paper,
  PasswordInput,
  Stack,
  TextInput,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

import { signIn, type Session } from "../../shared/session";
import { useTexts } from "./texts";

/** The way in. */
export default function SignIn({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const t = useTexts();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "", password: "" } });
  const attempt = useMutation({
    mutationFn: ({ name, password }: typeof form.values) => signIn(name, password),
    onSuccess: onSignedIn,
  });
  return (
    <Container size={400} pt={96} component="main">
      <Paper withBorder p="xl">
        <form onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
          <Stack>
            <Title order={1} size="h3">
              {t("title")}
            </Title>
            {attempt.error && (
              <Alert color="red" role="alert">
                {attempt.error.message}
              </Alert>
            )}
            <TextInput
              label={t("name")}
              autoComplete="username"
              required
              autoFocus
              key={form.key("name")}
              {...form.getInputProps("name")}
            />
            <PasswordInput
              label={t("password")}
              autoComplete="current-password"
              required
              key={form.key("password")}
              {...form.getInputProps("password")}
            />
            <Button type="submit" loading={attempt.isPending}>
              {t("signIn")}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Container>
  );
}
