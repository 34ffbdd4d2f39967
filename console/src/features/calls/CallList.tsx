import { Button, Collapse, Group, Loader, Menu, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconFilter } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ApiError, type Schemas } from "../../shared/api";
import { Broken } from "../../shared/Broken";
import { EmptyState } from "../../shared/EmptyState";
import { Page } from "../../shared/Page";
import { CallTable, SORTS } from "./CallTable";
import { FilterFields } from "./FilterFields";
import { useFilters } from "./filters";
import { callsFound } from "./queries";
import { SavedSearches } from "./SavedSearches";
import { SearchBox } from "./SearchBox";
import { useTexts } from "./texts";

/** Every call, found by what was said and how it went. */
export function CallList() {
  const t = useTexts();
  const { filters, change, clear, count } = useFilters();
  const query = useInfiniteQuery(callsFound(filters));
  const [areShown, fields] = useDisclosure(false);
  const refused =
    query.error instanceof ApiError && query.error.status === 422 ? query.error.message : "";
  const hidden = count - (filters.q ? 1 : 0);
  return (
    <Page
      title={t("calls")}
      actions={
        <>
          <SavedSearches />
          <ExportMenu query={new URLSearchParams(filters).toString()} />
        </>
      }
    >
      <Group align="flex-start">
        <SearchBox value={filters.q ?? ""} error={refused} onSearch={(q) => change({ q })} />
        <Button
          variant={hidden > 0 ? "light" : "default"}
          leftSection={<IconFilter size={16} aria-hidden />}
          aria-expanded={areShown}
          onClick={fields.toggle}
        >
          {hidden > 0 ? t("filtersOn", { count: hidden }) : t("filters")}
        </Button>
      </Group>
      <Collapse expanded={areShown}>
        <FilterFields filters={filters} change={change} />
      </Collapse>
      {refused ? null : query.data ? (
        <Found pages={query.data.pages} isFiltered={count > 0} clear={clear}>
          <CallTable
            calls={query.data.pages.flatMap((page) => page.calls)}
            filters={filters}
            change={change}
          />
          {query.hasNextPage && (
            <Button
              variant="default"
              mx="auto"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {t("more")}
            </Button>
          )}
        </Found>
      ) : query.error ? (
        <Broken error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Loader m="lg" aria-label="…" />
      )}
    </Page>
  );
}

function Found({
  pages,
  isFiltered,
  clear,
  children,
}: {
  pages: readonly Schemas["CallsOut"][];
  isFiltered: boolean;
  clear: () => void;
  children: ReactNode;
}) {
  const t = useTexts();
  const { filters, change } = useFilters();
  const first = pages[0];
  const clearAll = isFiltered && (
    <Button variant="subtle" size="compact-sm" onClick={clear}>
      {t("clear")}
    </Button>
  );
  if (!first || first.calls.length === 0) {
    return (
      <EmptyState title={t(isFiltered ? "none" : "noneYet")}>
        <Text>{t(isFiltered ? "noneWhy" : "noneYetWhy")}</Text>
        {clearAll}
      </EmptyState>
    );
  }
  const count = first.total ?? 0;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Group gap="xs">
          <Text size="sm" role="status">
            {t(first.more ? "foundMore" : "found", { count })}
          </Text>
          {clearAll}
        </Group>
        <Group gap="xs">
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t("listHelp")}
          </Text>
          <Select
            size="xs"
            w={180}
            aria-label={t("sortBy")}
            allowDeselect={false}
            value={filters.sort ?? "started"}
            data={SORTS.map((sort) => ({ value: sort, label: `${t("sortBy")}: ${t(sort)}` }))}
            onChange={(sort) => change({ sort: sort === "started" ? null : sort, ascending: null })}
          />
        </Group>
      </Group>
      {children}
    </Stack>
  );
}

/** The browser keeps the file; the API makes it of the same filters. */
function ExportMenu({ query }: { query: string }) {
  const t = useTexts();
  const path = (format: string) => `/api/v1/calls/export?format=${format}&${query}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t("export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {["csv", "xlsx"].map((format) => (
          <Menu.Item key={format} component="a" href={path(format)} download>
            {format.toUpperCase()}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
