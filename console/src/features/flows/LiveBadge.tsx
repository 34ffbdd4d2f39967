import { Badge, Tooltip } from "@mantine/core";

import type { Schemas } from "../../shared/api";
import { isComing } from "./queries";
import { useTexts } from "./texts";

/** Whether what was published is what calls run. */
export function LiveBadge({ flow }: { flow: Schemas["FlowOut"] }) {
  const t = useTexts();
  const { engine, live } = flow;
  if (live === 0) return null;
  if (engine?.trouble) return <Told color="red" text={t("notTaken")} why={engine.trouble} />;
  if (!engine) return <Told color="gray" text={t("noEngine")} why={t("noEngineWhy")} />;
  if (isComing(flow)) return <Told color="yellow" text={t("coming")} why={t("comingWhy")} />;
  return <Told color="teal" text={t("isLive")} why={t("isLiveWhy")} />;
}

function Told({ color, text, why }: { color: string; text: string; why: string }) {
  return (
    <Tooltip label={why} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Badge color={color} tt="none" tabIndex={0} style={{ flexShrink: 0 }}>
        {text}
      </Badge>
    </Tooltip>
  );
}
