import { Group, Kbd, Stack, Text } from "@mantine/core";

import { useTexts } from "./texts";

/** The keys of scoring, beside those of the call that its own help shows. */
export function Keys() {
  const t = useTexts();
  const keys = [
    [["1", "…", "5"], t("k_scale")],
    [["Y", "N"], t("k_yesNo")],
    [["X"], t("k_leftOut")],
    [["#"], t("k_points")],
    [["M"], t("k_moment")],
    [["H"], t("k_hear")],
    [["C"], t("k_comment")],
    [["[", "]"], t("k_move")],
    [["⌫"], t("k_clear")],
    [["Ctrl", "Z"], t("k_undo")],
    [["Ctrl", "Enter"], t("k_finish")],
  ] as const;
  return (
    <details>
      <Text component="summary" size="sm" style={{ cursor: "pointer" }}>
        {t("keys")}
      </Text>
      <Stack gap={4} pt="xs">
        {keys.map(([names, says]) => (
          <Group key={says} gap={6} wrap="nowrap">
            <Group gap={4} w={110} wrap="nowrap">
              {names.map((name) => (name === "…" ? "…" : <Kbd key={name}>{name}</Kbd>))}
            </Group>
            <Text size="sm">{says}</Text>
          </Group>
        ))}
      </Stack>
    </details>
  );
}
