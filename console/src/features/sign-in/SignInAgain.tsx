import { Modal, Stack, Text } from "@mantine/core";

import type { Session } from "../../shared/session";
import { SignInForm } from "./SignInForm";
import { useTexts } from "./texts";

/** Over the page that somebody was at when their session ended; the page stays as it is. */
export default function SignInAgain({
  name,
  onSignedIn,
}: {
  name: string;
  onSignedIn: (session: Session) => void;
}) {
  const t = useTexts();
  return (
    <Modal
      opened
      onClose={() => undefined}
      title={t("again")}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t("againHelp")}
        </Text>
        <SignInForm name={name} onSignedIn={onSignedIn} />
      </Stack>
    </Modal>
  );
}
