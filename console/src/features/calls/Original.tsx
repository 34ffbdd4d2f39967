import { Button, Popover, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { useSession } from "../../shared/session";
import { useTexts } from "./callTexts";

const SHORTEST = 5;

/** For those who may see what is hidden: they say why, and the audit log keeps it. */
export function Original({
  reason,
  setReason,
}: {
  reason: string;
  setReason: (reason: string) => void;
}) {
  const t = useTexts();
  const { role } = useSession();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  if (role !== "administrator" && role !== "auditor") return null;
  if (reason) {
    return (
      <Button variant="filled" onClick={() => setReason("")}>
        {t("hideAgain")}
      </Button>
    );
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpen(!isOpen)}>
          {t("original")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setOpen(false);
            setReason(text.trim());
            setText("");
          }}
        >
          <Stack gap="xs">
            <Text size="sm">{t("originalHelp")}</Text>
            <TextInput
              label={t("reason")}
              required
              minLength={SHORTEST}
              maxLength={500}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" disabled={text.trim().length < SHORTEST}>
              {t("original")}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
