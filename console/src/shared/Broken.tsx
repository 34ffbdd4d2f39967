import { Alert, Button, Container, Stack, Text } from "@mantine/core";
import { useRouteError } from "react-router";

import { makeTexts } from "./texts";

const useTexts = makeTexts("broken", {
  en: { title: "This did not work", again: "Try again" },
  zh: { title: "操作未成功", again: "重试" },
});

/** An error where a page should be. Without `error`, the router's. */
export function Broken({ error, retry }: { error?: unknown; retry?: () => void }) {
  const routed = useRouteError();
  const t = useTexts();
  const shown = error ?? routed;
  const again = retry ?? (() => location.reload());
  return (
    <Container size="sm" py="xl">
      <Alert color="red" title={t("title")} role="alert">
        <Stack align="flex-start">
          <Text>{shown instanceof Error ? shown.message : String(shown)}</Text>
          <Button variant="light" onClick={again}>
            {t("again")}
          </Button>
        </Stack>
      </Alert>
    </Container>
  );
}
