import { Alert, Button, Group, Stack } from "@mantine/core";
import type { ReactNode, SubmitEventHandler } from "react";

import { makeTexts } from "./texts";

const useTexts = makeTexts("form", { en: { cancel: "Cancel" }, zh: { cancel: "取消" } });

/** Fields, what went wrong, and the button that sends them; in a dialog, a second to leave it. */
export function Form({
  onSubmit,
  onCancel,
  error,
  isBusy,
  label,
  children,
}: {
  onSubmit: SubmitEventHandler<HTMLFormElement>;
  onCancel?: () => void;
  error: Error | null;
  isBusy: boolean;
  label: string;
  children: ReactNode;
}) {
  const t = useTexts();
  const send = (
    <Button type="submit" loading={isBusy}>
      {label}
    </Button>
  );
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        {error && (
          <Alert color="red" role="alert">
            {error.message}
          </Alert>
        )}
        {children}
        {onCancel ? (
          <Group justify="flex-end">
            <Button variant="default" onClick={onCancel}>
              {t("cancel")}
            </Button>
            {send}
          </Group>
        ) : (
          send
        )}
      </Stack>
    </form>
  );
}
