import { Table } from "@mantine/core";
import type { ReactNode } from "react";

import { EmptyState } from "./EmptyState";

/** A table of what was found, which is rolled sideways where it is too wide; or that nothing was. */
export function ListTable<T>({
  rows,
  columns,
  empty,
  minWidth,
  children,
}: {
  rows: readonly T[];
  /** Headings; an empty one is over what can be done with a row. */
  columns: readonly string[];
  /** What is missing, and what to do about it. */
  empty: readonly [title: string, why: string];
  minWidth: number;
  /** A `Table.Tr` of one row, with its key. */
  children: (row: T) => ReactNode;
}) {
  if (rows.length === 0) return <EmptyState title={empty[0]}>{empty[1]}</EmptyState>;
  return (
    <Table.ScrollContainer minWidth={minWidth}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) =>
              column ? <Table.Th key={column}>{column}</Table.Th> : <Table.Td key="" />,
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{rows.map(children)}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
