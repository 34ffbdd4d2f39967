import { ActionIcon, Code, Group, Popover, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconHelp, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { choices } from "./queries";
import { useTexts } from "./texts";

/** The search, sent by Enter; what it can be is explained beside it. */
export function SearchBox({
  value,
  error,
  onSearch,
}: {
  value: string;
  error?: string;
  onSearch: (q: string) => void;
}) {
  const t = useTexts();
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    // The address changed: by a saved search, or by going back.
    setShown(value);
    setText(value);
  }
  return (
    <form
      role="search"
      style={{ flex: 1 }}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(text.trim());
      }}
    >
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <TextInput
          flex={1}
          miw={160}
          type="search"
          aria-label={t("search")}
          placeholder={`${t("search")}: refund "my order" flow:shop`}
          leftSection={<IconSearch size={16} aria-hidden />}
          maxLength={400}
          value={text}
          error={error}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => text.trim() !== value && onSearch(text.trim())}
        />
        <SearchHelp />
      </Group>
    </form>
  );
}

function SearchHelp() {
  const t = useTexts();
  const { data } = useQuery(choices);
  const rows = [
    ["refund", t("helpWord")],
    ['"my order"', t("helpPhrase")],
    ["order NEAR/5 late", t("helpNear")],
    ["refund OR return", t("helpOr")],
    ["-angry", t("helpNot")],
    ["by-caller:refund", t("helpBy")],
    ["flow:shop silence:10 no-match:2", t("helpFields")],
  ];
  return (
    <Popover width={420} position="bottom-end" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={36} aria-label={t("searchHelp")}>
          <IconHelp size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown maw="95vw">
        <Stack gap="xs">
          <Text fw={600}>{t("searchHelp")}</Text>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {rows.map(([example, says]) => (
                <Table.Tr key={example}>
                  <Table.Td>
                    <Code>{example}</Code>
                  </Table.Td>
                  <Table.Td>{says}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="sm" c="dimmed">
            {t("helpAll", { fields: (data?.fields ?? []).join(", ") })}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
