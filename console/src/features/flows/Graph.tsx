import "@xyflow/react/dist/style.css";

import {
  Autocomplete,
  Button,
  Group,
  Select,
  Stack,
  Table,
  Text,
  useComputedColorScheme,
} from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import {
  Background,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import type { Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { useFlowName } from "./FlowPage";
import { colourOf, drawnEdges, drawnNodes, edgeTypes, nodeTypes } from "./graphParts";
import { allFlows, pictureOf, versionsOf } from "./queries";
import { StepDrawer } from "./StepDrawer";
import { useTexts } from "./texts";

type Picture = Schemas["FlowPicture"];
const SEEN_WHOLE = 12;
const READABLE_HEIGHT = 460;
const READABLE = 0.9;
const PERIODS = [1, 7, 30, 90, 365];

/** Steps and branches, with what real calls did on them. */
export function Graph() {
  const t = useTexts();
  const flow = useFlowName();
  const [asked, setAsked] = useSearchParams();
  const listed = useQuery(allFlows).data?.find((one) => one.name === flow);
  const usual = listed && listed.live === 0 ? "draft" : "live";
  const source = asked.get("source") ?? usual;
  const days = Number(asked.get("days") ?? 30);
  const language = asked.get("language") ?? "";
  const query = useQuery({
    ...pictureOf(flow, source, days, language),
    enabled: listed !== undefined || asked.has("source"),
    placeholderData: (before) => before,
  });
  const versions = useQuery(versionsOf(flow)).data ?? [];
  const { languages } = useFormats();
  const [asTable, table] = useDisclosure();
  const ask = (key: string, value: string | null) =>
    setAsked(
      (before) => {
        if (value) before.set(key, value);
        else before.delete(key);
        return before;
      },
      { replace: true },
    );
  return (
    <Stack>
      <Group align="flex-end">
        <Select
          label={t("source")}
          w={170}
          value={listed || asked.has("source") ? source : null}
          allowDeselect={false}
          onChange={(value) => ask("source", value)}
          data={[
            ...(usual === "live" ? [{ value: "live", label: t("live") }] : []),
            ...(listed?.has_draft ? [{ value: "draft", label: t("draft") }] : []),
            ...versions.map(({ number }) => ({
              value: String(number),
              label: t("version", { number }),
            })),
          ]}
        />
        <Select
          label={t("period")}
          w={190}
          value={String(days)}
          allowDeselect={false}
          onChange={(value) => ask("days", value)}
          data={[
            ...PERIODS.map((count) => ({ value: String(count), label: t("days", { count }) })),
            { value: "0", label: t("noCalls") },
          ]}
        />
        {query.data && query.data.languages.length > 1 && (
          <Select
            label={t("language")}
            w={150}
            value={query.data.language}
            allowDeselect={false}
            onChange={(value) => ask("language", value)}
            data={languages(query.data.languages)}
          />
        )}
        <Button variant="default" onClick={table.toggle}>
          {asTable ? t("asGraph") : t("asTable")}
        </Button>
        <Button
          variant="subtle"
          component="a"
          download={`${flow}.svg`}
          href={`/api/v1/flows/${flow}/graph?${new URLSearchParams({ source, days: String(days), language }).toString()}`}
        >
          {t("asFile")}
        </Button>
      </Group>
      <Loaded query={query}>
        {(picture) =>
          asTable ? (
            <StepTable picture={picture} />
          ) : (
            <ReactFlowProvider>
              <Drawing picture={picture} />
            </ReactFlowProvider>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Drawing({ picture }: { picture: Picture }) {
  const t = useTexts();
  const scheme = useComputedColorScheme("light");
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const view = useReactFlow();
  const { percent, days } = useFormats();
  const [params] = useSearchParams();
  const way = params.get("way") ?? "";
  const nodes = useMemo(() => drawnNodes(picture, t, way.split(",")), [picture, t, way]);
  const edges = useMemo(() => drawnEdges(picture, percent), [picture, percent]);
  // Other pages name a step: of a call's transcript, of a result.
  const wanted = params.get("step") ?? "";
  const [shown, setShown] = useState(wanted);
  const look = (step: string) => {
    const box = picture.steps.find((one) => one.name === step);
    if (!box) return;
    setShown(step);
    void view.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: 1, duration: 300 });
  };
  // A small flow is seen whole; of a large one the beginning, so that it can be read.
  const begin = () => {
    const first = wanted || way.split(",").at(-1) || picture.start;
    const start = picture.steps.find((one) => one.name === first);
    if (picture.steps.length <= SEEN_WHOLE || !start) void view.fitView();
    else {
      const x = start.x + start.width / 2;
      void view.setCenter(x, start.y + READABLE_HEIGHT / 2, { zoom: READABLE });
    }
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text c="dimmed" size="sm" role="status">
          {picture.calls > 0 || picture.period
            ? `${t("calls", { count: picture.calls })} · ${days(picture.period)}`
            : t("noCalls")}
        </Text>
        <Autocomplete
          aria-label={t("findStep")}
          placeholder={t("findStep")}
          data={picture.steps.map((step) => step.name)}
          onOptionSubmit={look}
          limit={12}
        />
      </Group>
      <div
        style={{ height: "calc(100vh - 320px)", minHeight: 360 }}
        onKeyDown={(event) => {
          const step = document.activeElement?.getAttribute("data-id");
          if (event.key === "Enter" && step) setShown(step);
        }}
      >
        <ReactFlow
          key={`${picture.flow} ${picture.language}`}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          colorMode={scheme}
          onInit={begin}
          minZoom={0.05}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          onNodeClick={(_, node) => setShown(node.id)}
          onlyRenderVisibleElements
        >
          <Background />
          <Controls showInteractive={false} />
          {!isNarrow && (
            <MiniMap
              pannable
              zoomable
              nodeColor={colourOf}
              nodeStrokeWidth={0}
              maskColor="color-mix(in srgb, var(--mantine-color-gray-6) 25%, transparent)"
              ariaLabel={t("smallMap")}
            />
          )}
        </ReactFlow>
      </div>
      <StepDrawer picture={picture} step={shown} onClose={() => setShown("")} onStep={look} />
    </Stack>
  );
}

function StepTable({ picture }: { picture: Picture }) {
  const t = useTexts();
  const { number, percent } = useFormats();
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table striped>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("step")}</Table.Th>
            <Table.Th>{t("kind")}</Table.Th>
            <Table.Th ta="right">{t("reached")}</Table.Th>
            <Table.Th ta="right">{t("ended")}</Table.Th>
            <Table.Th>{t("goes")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {picture.steps.map((step) => (
            <Table.Tr key={step.name}>
              <Table.Td fw={600}>{step.name}</Table.Td>
              <Table.Td>{step.kind}</Table.Td>
              <Table.Td ta="right">{number(step.reached)}</Table.Td>
              <Table.Td ta="right">{number(step.ended)}</Table.Td>
              <Table.Td>
                {picture.ways
                  .filter((way) => way.source === step.name)
                  .map((way) => `${way.target} ${way.count ? percent(way.share) : ""}`.trim())
                  .join(", ")}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
