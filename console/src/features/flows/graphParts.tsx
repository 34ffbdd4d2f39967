import { Paper, Text } from "@mantine/core";
import { Handle, MarkerType, Position, type Edge, type Node, type NodeProps } from "@xyflow/react";

import type { Schemas } from "../../shared/api";
import type { useTexts } from "./texts";

type Picture = Schemas["FlowPicture"];
type StepNode = Node<{ step: Schemas["StepBox"]; calls: number; shown: string }, "step">;

/** What a step is coloured by: what it does to a call. */
const COLOURS: Record<string, string> = {
  ask: "cyan",
  menu: "cyan",
  choose: "gray",
  set: "gray",
  hours: "gray",
  lookup: "violet",
  do: "violet",
  answer: "teal",
  transfer: "orange",
  queue: "orange",
  callback: "orange",
  message: "orange",
  end: "red",
};

function Step({ data: { step, shown } }: NodeProps<StepNode>) {
  const colour = COLOURS[step.kind] ?? "blue";
  return (
    <>
      <Handle type="target" position={Position.Top} style={{ visibility: "hidden" }} />
      <Paper
        withBorder
        px="sm"
        py={6}
        w={step.width}
        h={step.height}
        style={{
          borderInlineStart: `5px solid var(--mantine-color-${colour}-6)`,
          overflow: "hidden",
        }}
      >
        <Text size="xs" c="dimmed" truncate>
          {step.kind}
          {step.about && ` · ${step.about}`}
        </Text>
        <Text size="sm" fw={700} truncate>
          {step.name}
        </Text>
        <Text size="xs" truncate>
          {step.prompt}
        </Text>
        <Text size="xs" c="dimmed">
          {shown}
        </Text>
      </Paper>
      <Handle type="source" position={Position.Bottom} style={{ visibility: "hidden" }} />
    </>
  );
}

export const nodeTypes = { step: Step };

export function drawnNodes(picture: Picture, t: ReturnType<typeof useTexts>): StepNode[] {
  return picture.steps.map((step) => ({
    id: step.name,
    type: "step",
    position: { x: step.x, y: step.y },
    width: step.width,
    height: step.height,
    ariaLabel: `${step.name}, ${step.kind}`,
    data: {
      step,
      calls: picture.calls,
      shown: picture.calls ? t("calls", { count: step.reached }) : "",
    },
  }));
}

/** Thicker where more calls go. */
export function drawnEdges(picture: Picture, percent: (share: number) => string): Edge[] {
  const most = Math.max(1, ...picture.ways.map((way) => way.count));
  return picture.ways.map((way) => ({
    id: `${way.source} ${way.target}`,
    source: way.source,
    target: way.target,
    type: "smoothstep",
    label: [way.labels.slice(0, 2).join(", "), way.count ? percent(way.share) : ""]
      .filter(Boolean)
      .join(" · "),
    markerEnd: { type: MarkerType.ArrowClosed },
    style: {
      strokeWidth: 1 + (5 * way.count) / most,
      ...(way.outside ? { strokeDasharray: "5 4" } : {}),
    },
  }));
}
