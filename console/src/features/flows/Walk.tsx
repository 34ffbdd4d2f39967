import { Alert, Badge, Code, CopyButton, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { useFlowName } from "./FlowPage";
import { Missed } from "./Missed";
import { Numbers } from "./Numbers";
import { RunDesk } from "./runs";
import { said } from "../../shared/worded";
import { useTexts } from "./testTexts";

/** Random calls: whatever callers do, they must hear something and never be stuck. */
export function Walk() {
  const t = useTexts();
  const flow = useFlowName();
  const { number } = useFormats();
  const [calls, setCalls] = useState(1000);
  const [seed, setSeed] = useState(1);
  return (
    <RunDesk
      flow={flow}
      wanted={{ do: "walk", calls, seed }}
      label={t("walkNow")}
      empty={<EmptyState title={t("walk")}>{t("walkWhy")}</EmptyState>}
      options={
        <>
          <Numbers label={t("walkCalls")} value={calls} most={20_000} onChange={setCalls} />
          <Numbers label={t("seed")} value={seed} onChange={setSeed} />
        </>
      }
    >
      {({ walk }) =>
        walk && (
          <Stack>
            <Group role="status">
              <Badge size="lg" color={walk.faults.length ? "red" : "teal"} tt="none">
                {walk.faults.length ? t("faults", { count: walk.faults.length }) : t("noFaults")}
              </Badge>
              <Text size="sm" c="dimmed">
                {t("walked", { calls: number(walk.calls), events: number(walk.events) })}
              </Text>
            </Group>
            {walk.faults.map((fault) => (
              <Alert key={`${fault.kind} ${fault.step}`} color="red" title={fault.step}>
                <Stack gap="xs">
                  <Text size="sm">
                    {said(fault.worded) ?? fault.text} {t("metBy", { count: fault.calls })}
                  </Text>
                  <Text size="sm">{t("faultTest")}</Text>
                  <Code block>{fault.test}</Code>
                  <CopyButton value={fault.test}>
                    {({ copied, copy }) => (
                      <Button size="compact-sm" variant="default" w="fit-content" onClick={copy}>
                        {copied ? t("copied") : t("copy")}
                      </Button>
                    )}
                  </CopyButton>
                </Stack>
              </Alert>
            ))}
            <Missed coverage={walk.coverage} />
          </Stack>
        )
      }
    </RunDesk>
  );
}
