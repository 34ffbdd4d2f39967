import { Group, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { useWindowTitle } from "./windowTitle";

/** A page: its title (also the window's), what can be done there, its content. */
export function Page({
  title,
  part,
  actions,
  children,
}: {
  title: string;
  /** What of it is open, where it has several. */
  part?: string | undefined;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useWindowTitle(part ? `${part} · ${title}` : title);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="center">
        <Title order={1} size="h2" dir="auto" style={{ overflowWrap: "anywhere", minWidth: 0 }}>
          {title}
        </Title>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </Stack>
  );
}
