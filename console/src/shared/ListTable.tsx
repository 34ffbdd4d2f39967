import { Table } from "@mantine/core";
import { createContext, useContext, type ReactNode } from "react";

import { EmptyState } from "./EmptyState";
import classes from "./ListTable.module.css";

/** A heading, and what stands at the right: numbers. An empty one is over what can be done. */
export type Column = string | { label: string; align: "right" };

const Columns = createContext<readonly Column[]>([]);
const labelOf = (column: Column | undefined) =>
  typeof column === "object" ? column.label : (column ?? "");
const alignOf = (column: Column | undefined) =>
  typeof column === "object" ? column.align : undefined;

/** A table of what was found, on a phone as cards; or that nothing was found. */
export function ListTable<T>({
  rows,
  columns,
  empty,
  minWidth,
  children,
}: {
  rows: readonly T[];
  columns: readonly Column[];
  /** What is missing, and what to do about it. */
  empty: readonly [title: string, why: ReactNode];
  /** Of the table; where there is less room, it is rolled sideways. */
  minWidth: number;
  /** A `ListRow` of one row, with its key. */
  children: (row: T) => ReactNode;
}) {
  if (rows.length === 0) return <EmptyState title={empty[0]}>{empty[1]}</EmptyState>;
  return (
    <Columns value={columns}>
      <Table.ScrollContainer
        minWidth={minWidth}
        classNames={{ scrollContainer: classes.list, scrollContainerInner: classes.inner }}
        scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      >
        {/* Roles are said: as cards the parts of a table are none to browsers. */}
        <Table verticalSpacing="xs" role="table">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              {columns.map((column) =>
                labelOf(column) ? (
                  <Table.Th key={labelOf(column)} role="columnheader" ta={alignOf(column)}>
                    {labelOf(column)}
                  </Table.Th>
                ) : (
                  <Table.Td key="" role="cell" />
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">{rows.map(children)}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Columns>
  );
}

/** One row of a `ListTable`: what stands in each of its columns. */
export function ListRow({ cells }: { cells: readonly ReactNode[] }) {
  const columns = useContext(Columns);
  return (
    <Table.Tr role="row">
      {cells.map((cell, place) => {
        const column = columns[place];
        const isEmpty = cell === null || cell === undefined || cell === "" || cell === false;
        return (
          <Table.Td
            key={labelOf(column)}
            role="cell"
            ta={alignOf(column)}
            data-label={place > 0 && labelOf(column) ? labelOf(column) : undefined}
            data-empty={isEmpty || undefined}
          >
            {cell}
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}
