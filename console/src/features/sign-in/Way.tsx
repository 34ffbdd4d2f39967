import { Container, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { useWindowTitle } from "../../shared/windowTitle";

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
  useWindowTitle(title);
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
