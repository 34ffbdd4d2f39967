import { Paper, Text } from "@mantine/core";
import {
  BaseEdge,
  EdgeLabelRenderer,
  getSmoothStepPath,
  Handle,
  MarkerType,
  Position,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from "@xyflow/react";

import type { Schemas } from "../../shared/api";
import type { useTexts } from "./texts";

type Picture = Schemas["FlowPicture"];
type StepNode = Node<
  { step: Schemas["StepBox"]; calls: number; shown: string; isOnWay: boolean },
  "step"
>;

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

function Step({ data: { step, shown, isOnWay } }: NodeProps<StepNode>) {
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
          ...(isOnWay ? { outline: "3px solid var(--mantine-color-blue-5)" } : {}),
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

type WayEdge = Edge<{ text: string; place: number }, "way">;
const LABEL_HEIGHT = 16;
/** Beyond so many ways into a step, labels would lie on the step above. */
const LABELS_AT_MOST = 4;

/** What stands at a way is beside its end, where it belongs to one step alone. */
function Way({ data, targetX, targetY, markerEnd, style, ...ends }: EdgeProps<WayEdge>) {
  const [path] = getSmoothStepPath({ ...ends, targetX, targetY });
  return (
    <>
      <BaseEdge path={path} {...(markerEnd ? { markerEnd } : {})} {...(style ? { style } : {})} />
      {data?.text && data.place < LABELS_AT_MOST && (
        <EdgeLabelRenderer>
          <div
            className="nopan"
            style={{
              position: "absolute",
              transform: `translate(8px, -100%) translate(${String(targetX)}px, ${String(targetY - 6 - data.place * LABEL_HEIGHT)}px)`,
              fontSize: 11,
              lineHeight: `${String(LABEL_HEIGHT)}px`,
              maxWidth: 130,
              overflow: "hidden",
              textOverflow: "ellipsis",
              whiteSpace: "nowrap",
              background: "color-mix(in srgb, var(--mantine-color-body) 85%, transparent)",
              pointerEvents: "none",
            }}
          >
            {data.text}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const edgeTypes = { way: Way };

/** Of a step in the small map. */
export const colourOf = (node: Node): string =>
  `var(--mantine-color-${COLOURS[(node as StepNode).data.step.kind] ?? "blue"}-5)`;

/** `way`: steps that a talk went through, which are marked. */
export function drawnNodes(
  picture: Picture,
  t: ReturnType<typeof useTexts>,
  way: readonly string[] = [],
): StepNode[] {
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
      isOnWay: way.includes(step.name),
      shown: picture.calls ? t("calls", { count: step.reached }) : "",
    },
  }));
}

/** Thicker where more calls go. */
export function drawnEdges(picture: Picture, percent: (share: number) => string): WayEdge[] {
  const most = Math.max(1, ...picture.ways.map((way) => way.count));
  const into = new Map<string, number>();
  const placeOf = (target: string) => {
    const place = into.get(target) ?? 0;
    into.set(target, place + 1);
    return place;
  };
  // The ways of most calls have the best places.
  const ways = picture.ways.toSorted((a, b) => b.count - a.count);
  return ways.map((way) => ({
    id: `${way.source} ${way.target}`,
    source: way.source,
    target: way.target,
    type: "way",
    data: {
      text: [way.count ? percent(way.share) : "", way.labels.slice(0, 2).join(", ")]
        .filter(Boolean)
        .join(" · "),
      place: placeOf(way.target),
    },
    markerEnd: { type: MarkerType.ArrowClosed },
    style: {
      strokeWidth: 1 + (5 * way.count) / most,
      ...(way.outside ? { strokeDasharray: "5 4" } : {}),
    },
  }));
}
