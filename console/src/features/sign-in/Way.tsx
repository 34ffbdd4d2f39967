import { Alert, Button, Container, Paper, Stack, Text, Title } from "@mantine/core";
import type { SubmitEventHandler, ReactNode } from "react";

/** A card in the middle of an empty page, with one form. */
export function Way({
  title,
  help,
  children,
}: {
  title: string;
  help?: string;
  children: ReactNode;
}) {
  return (
    <Container size={440} pt={{ base: 24, sm: 96 }} pb="xl" component="main">
      <Paper withBorder p="xl">
        <Stack>
          <Title order={1} size="h3">
            {title}
          </Title>
          {help && (
            <Text size="sm" c="dimmed">
              {help}
            </Text>
          )}
          {children}
        </Stack>
      </Paper>
    </Container>
  );
}

/** Fields, what went wrong, and the one button. */
export function WayForm({
  onSubmit,
  error,
  isBusy,
  label,
  children,
}: {
  onSubmit: SubmitEventHandler<HTMLFormElement>;
  error: Error | null;
  isBusy: boolean;
  label: string;
  children: ReactNode;
}) {
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        {error && (
          <Alert color="red" role="alert">
            {error.message}
          </Alert>
        )}
        {children}
        <Button type="submit" loading={isBusy}>
          {label}
        </Button>
      </Stack>
    </form>
  );
}
