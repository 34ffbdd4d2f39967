import { List, Progress, Stack, Table, Text } from "@mantine/core";

import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { useFlowName } from "./FlowPage";
import { RunDesk } from "./runs";
import { useTexts } from "./testTexts";

const ENOUGH = 0.9;
const POOR = 0.75;

/** How well the examples of a flow's options tell callers apart, and which they confuse. */
export function Train() {
  const t = useTexts();
  const flow = useFlowName();
  const { percent } = useFormats();
  return (
    <RunDesk
      flow={flow}
      wanted={{ do: "train" }}
      label={t("trainNow")}
      empty={<EmptyState title={t("train")}>{t("trainWhy")}</EmptyState>}
    >
      {({ train }) =>
        train &&
        (train.steps.length === 0 ? (
          <EmptyState title={t("noExamples")}>{t("noExamplesWhy")}</EmptyState>
        ) : (
          <Stack>
            <Text size="sm" c="dimmed">
              {t("understoodHelp")}
            </Text>
            <Table.ScrollContainer minWidth={320}>
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("step")}</Table.Th>
                    <Table.Th>{t("language")}</Table.Th>
                    <Table.Th ta="right">{t("options")}</Table.Th>
                    <Table.Th ta="right">{t("sentences")}</Table.Th>
                    <Table.Th>{t("understood")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {train.steps.map((step) => (
                    <Table.Tr key={`${step.step} ${step.language}`}>
                      <Table.Td fw={600}>{step.step}</Table.Td>
                      <Table.Td>{step.language}</Table.Td>
                      <Table.Td ta="right">{step.options}</Table.Td>
                      <Table.Td ta="right">{step.examples}</Table.Td>
                      <Table.Td>
                        {percent(step.right)}
                        <Progress
                          value={100 * step.right}
                          color={
                            step.right >= ENOUGH ? "teal" : step.right >= POOR ? "yellow" : "red"
                          }
                          aria-label={`${t("understood")}: ${step.step}`}
                        />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {train.steps
              .filter((step) => step.mistaken.length > 0)
              .map((step) => (
                <div key={`${step.step} ${step.language}`}>
                  <Text fw={600}>
                    {step.step} ({step.language})
                  </Text>
                  <List size="sm" lang={step.language}>
                    {step.mistaken.map((one) => (
                      <List.Item key={`${one.option} ${one.text}`}>
                        {t("mistaken", {
                          text: one.text,
                          option: one.option,
                          other: one.taken_for,
                        })}
                      </List.Item>
                    ))}
                  </List>
                </div>
              ))}
          </Stack>
        ))
      }
    </RunDesk>
  );
}
