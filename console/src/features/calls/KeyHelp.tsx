import { Kbd, Modal, Switch, Table } from "@mantine/core";

import { useTexts } from "./callTexts";

/** Every key of a call's page, and the switch that turns them off. */
export function KeyHelp({
  isOpen,
  close,
  areOn,
  setOn,
}: {
  isOpen: boolean;
  close: () => void;
  areOn: boolean;
  setOn: (on: boolean) => void;
}) {
  const t = useTexts();
  const rows = [
    ["Space", "K", t("k_play")],
    ["J", "L", t("k_jump")],
    ["←", "→", t("k_step")],
    ["↑", "↓", t("k_turn")],
    ["<", ">", t("k_speed")],
    ["R", "", t("k_loop")],
    ["C", "", t("k_comment")],
    ["S", "", t("k_score")],
    ["?", "", t("k_help")],
  ];
  return (
    <Modal opened={isOpen} onClose={close} title={t("shortcuts")}>
      <Table>
        <Table.Tbody>
          {rows.map(([one, other, says]) => (
            <Table.Tr key={says}>
              <Table.Td w={120}>
                <Kbd>{one}</Kbd> {other && <Kbd>{other}</Kbd>}
              </Table.Td>
              <Table.Td>{says}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Switch
        mt="md"
        label={t("shortcutsOn")}
        checked={areOn}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
    </Modal>
  );
}
