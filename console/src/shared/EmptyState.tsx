import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** Nothing to show: what is missing, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={64} ta="center" style={{ textWrap: "balance" }}>
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text c="dimmed" component="div" maw={520}>
        {children}
      </Text>
    </Stack>
  );
}
