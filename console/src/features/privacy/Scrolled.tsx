import { Table } from "@mantine/core";
import type { ReactNode } from "react";

/** A table that scrolls where there is too little room, by keyboard too. */
export function Scrolled({
  minWidth,
  maxHeight,
  children,
}: {
  minWidth: number;
  maxHeight?: number;
  children: ReactNode;
}) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      maxHeight={maxHeight}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
    >
      {children}
    </Table.ScrollContainer>
  );
}
