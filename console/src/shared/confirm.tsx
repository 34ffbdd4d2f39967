import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useSyncExternalStore } from "react";

import { makeTexts } from "./texts";

const useTexts = makeTexts("confirm", { en: { cancel: "Cancel" }, zh: { cancel: "取消" } });

export interface Question {
  title: string;
  /** What is lost, and whether it comes back. */
  text: string;
  /** On the button that does it: what it does. */
  label: string;
}

interface Open extends Question {
  answer: (yes: boolean) => void;
}

let open: Open | null = null;
let shown = false;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((each) => each());

/** Whether somebody really wants it: `if (await confirmed({ … })) remove.mutate()`. */
export function confirmed(question: Question): Promise<boolean> {
  open?.answer(false);
  return new Promise((resolve) => {
    open = {
      ...question,
      answer: (yes) => {
        shown = false;
        tell();
        resolve(yes);
      },
    };
    shown = true;
    tell();
  });
}

/** Where questions are asked; once, around all pages. */
export function Confirmation() {
  const t = useTexts();
  const isShown = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => shown,
  );
  const asked = open; // stays while it fades away
  const answer = (yes: boolean) => asked?.answer(yes);
  return (
    <Modal
      opened={isShown}
      onClose={() => answer(false)}
      title={asked?.title}
      withCloseButton={false}
    >
      <Stack>
        <Text size="sm">{asked?.text}</Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => answer(false)}>
            {t("cancel")}
          </Button>
          <Button color="red" onClick={() => answer(true)}>
            {asked?.label}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
