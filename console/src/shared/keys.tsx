import { Kbd, Modal, Switch, Table, Text } from "@mantine/core";
import { useDisclosure, useLocalStorage, useWindowEvent } from "@mantine/hooks";
import { useEffect, useId, useSyncExternalStore } from "react";

import { makeTexts } from "./texts";

const useTexts = makeTexts("keys", {
  en: {
    title: "Keys",
    everywhere: "On every page",
    here: "On this page",
    help: "this help",
    skip: "from field to field; first of all, past the menu",
    close: "close what stands over the page",
    on: "Single keys do something",
  },
  zh: {
    title: "快捷键",
    everywhere: "所有页面",
    here: "当前页面",
    help: "显示此帮助",
    skip: "逐项移动；最先可跳过菜单",
    close: "关闭浮在页面上的内容",
    on: "启用单键快捷键",
  },
});

/** Keys, and what they do. */
export type KeyRow = readonly [keys: readonly string[], says: string];

const pages = new Map<string, readonly KeyRow[]>();
const listeners = new Set<() => void>();
let known: readonly KeyRow[] = [];

function tell() {
  known = [...pages.values()].flat();
  listeners.forEach((each) => each());
}

/** The keys of what is shown now, for the help; they are listened to by whoever has them. */
export function usePageKeys(rows: readonly KeyRow[]): void {
  const id = useId();
  const said = JSON.stringify(rows);
  useEffect(() => {
    pages.set(id, JSON.parse(said) as KeyRow[]);
    tell();
    return () => {
      pages.delete(id);
      tell();
    };
  }, [id, said]);
}

const ASKED = "voxdesk-keys";
/** Shows the help, as "?" does. */
export const showKeys = () => window.dispatchEvent(new Event(ASKED));

/** Whether single letters do something; who speaks to their computer may not want that. */
export const useKeysOn = () => useLocalStorage({ key: "voxdesk-call-keys", defaultValue: true });

/** "?" tells which keys there are, wherever no page of its own answers to it. */
export function KeysOfPage() {
  const t = useTexts();
  const [isOpen, help] = useDisclosure();
  const here = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => known,
  );
  const [areOn, setOn] = useKeysOn();
  useWindowEvent("keydown", (event) => {
    if (!areOn || event.key !== "?" || isTyped(event.target)) return;
    // A page that has more to say about its keys answers itself, perhaps after us.
    setTimeout(() => !event.defaultPrevented && help.open());
  });
  useWindowEvent(ASKED, help.open);
  return (
    <Modal opened={isOpen} onClose={help.close} title={t("title")}>
      {here.length > 0 && <Keys title={t("here")} rows={here} />}
      <Keys
        title={t("everywhere")}
        rows={[
          [["?"], t("help")],
          [["Tab"], t("skip")],
          [["Esc"], t("close")],
        ]}
      />
      <Switch
        mt="md"
        label={t("on")}
        checked={areOn}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
    </Modal>
  );
}

function Keys({ title, rows }: { title: string; rows: readonly KeyRow[] }) {
  return (
    <>
      <Text size="sm" fw={600} mt="sm">
        {title}
      </Text>
      <Table>
        <Table.Tbody>
          {rows.map(([keys, says]) => (
            <Table.Tr key={says}>
              <Table.Td w={140}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{says}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

/** Whether a key that is pressed there is written, and means nothing else. */
export function isTyped(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=dialog]") !== null)
  );
}
