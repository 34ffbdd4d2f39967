import {
  ActionIcon,
  Group,
  Menu,
  Paper,
  SegmentedControl,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useRef, useState, type ReactNode } from "react";

import { keepFile, pngOf, svgOf } from "./pictureFile";
import { makeTexts } from "./texts";

const useTexts = makeTexts("picture", {
  en: { picture: "Picture", table: "Table", file: "Keep {{title}} as a file" },
  zh: { picture: "图", table: "表", file: "将“{{title}}”存为文件" },
});

/** Colours that people who see red and green alike tell apart, 3:1 against both grounds. */
export const colours = {
  blue: "light-dark(#0072b2, #56b4e9)",
  orange: "light-dark(#b35900, #e69f00)",
  green: "light-dark(#00785a, #2fc79b)",
  pink: "light-dark(#a8487f, #e3a3c6)",
  violet: "light-dark(#5b4bb0, #a79bf0)",
  red: "light-dark(#b03a06, #ff8a5c)",
  grey: "light-dark(#6c6c6c, #a8a8a8)",
} as const;

export type Rows = readonly (readonly ReactNode[])[];

/** A picture with its words, its table and its files. */
export function Picture({
  title,
  note,
  columns,
  rows,
  fileOf,
  name,
  children,
}: {
  title: string;
  note?: ReactNode;
  columns: readonly string[];
  rows: Rows;
  /** Where the table is as a file; none where it isn't. */
  fileOf?: (format: "csv" | "xlsx") => string;
  /** Of files, without an ending. */
  name: string;
  children: ReactNode;
}) {
  const t = useTexts();
  const [shown, show] = useState("picture");
  const ground = useRef<HTMLDivElement>(null);
  const drawing = () =>
    ground.current?.querySelector<SVGSVGElement>("svg.recharts-surface, svg[data-drawing]");
  const keep = async (kind: "svg" | "png") => {
    const found = drawing();
    if (!found) return;
    const content =
      kind === "svg"
        ? new Blob([svgOf(found, title)], { type: "image/svg+xml" })
        : await pngOf(found, title);
    keepFile(content, `${name}.${kind}`);
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={2} size="h4">
            {title}
          </Title>
          <Group gap={6} wrap="nowrap">
            <SegmentedControl
              size="xs"
              aria-label={title}
              value={shown}
              onChange={show}
              data={[
                { value: "picture", label: t("picture") },
                { value: "table", label: t("table") },
              ]}
            />
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size={30} aria-label={t("file", { title })}>
                  <IconDownload size={16} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {fileOf &&
                  (["csv", "xlsx"] as const).map((format) => (
                    <Menu.Item key={format} component="a" href={fileOf(format)} download>
                      {format.toUpperCase()}
                    </Menu.Item>
                  ))}
                {shown === "picture" && (
                  <>
                    <Menu.Item onClick={() => void keep("png")}>PNG</Menu.Item>
                    <Menu.Item onClick={() => void keep("svg")}>SVG</Menu.Item>
                  </>
                )}
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
        {note && (
          <Text size="xs" c="dimmed" component="div">
            {note}
          </Text>
        )}
        {shown === "picture" ? (
          <div ref={ground}>{children}</div>
        ) : (
          <Table.ScrollContainer minWidth={320} maxHeight={360}>
            <Table striped stickyHeader fz="xs" style={{ fontVariantNumeric: "tabular-nums" }}>
              <Table.Thead>
                <Table.Tr>
                  {columns.map((column, place) => (
                    <Table.Th key={column} ta={place ? "right" : "left"}>
                      {column}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row, number) => (
                  // Rows have no other name, and never move.
                  <Table.Tr key={number}>
                    {row.map((cell, place) => (
                      <Table.Td key={place} ta={place ? "right" : "left"}>
                        {cell}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Paper>
  );
}
