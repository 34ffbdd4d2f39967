import { Button, Code, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";

import { useTexts } from "./texts";

/** A secret that can't be seen again. */
export function ShownOnce({
  title,
  help,
  secret,
  onClose,
}: {
  title: string;
  help: string;
  secret: string;
  onClose: () => void;
}) {
  const t = useTexts();
  return (
    <Modal opened onClose={onClose} title={title} size="lg">
      <Stack>
        <Text size="sm">{help}</Text>
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {secret}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button variant="light" onClick={copy} data-autofocus>
                {copied ? t("copied") : t("copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("close")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
