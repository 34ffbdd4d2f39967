import { Anchor, Button, Drawer, Group, Stack, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { useMayEdit } from "./rights";
import { useTexts } from "./texts";

/** All that is known of one step. */
export function StepDrawer({
  picture,
  step: name,
  onClose,
  onStep,
}: {
  picture: Schemas["FlowPicture"];
  step: string;
  onClose: () => void;
  onStep: (step: string) => void;
}) {
  const t = useTexts();
  const mayEdit = useMayEdit();
  const { number, percent } = useFormats();
  const step = picture.steps.find((one) => one.name === name);
  const ways = picture.ways.filter((way) => way.source === name);
  return (
    <Drawer opened={step !== undefined} onClose={onClose} position="right" title={name}>
      {step && (
        <Stack>
          <Text c="dimmed" size="sm">
            {step.kind}
            {step.about && ` · ${step.about}`}
          </Text>
          {step.prompt && <Text>“{step.prompt}”</Text>}
          <Group>
            <Text size="sm">
              {t("reached")}: <b>{number(step.reached)}</b>
            </Text>
            <Text size="sm">
              {t("ended")}: <b>{number(step.ended)}</b>
            </Text>
          </Group>
          {ways.length > 0 && (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("goes")}</Table.Th>
                  <Table.Th ta="right">{t("share")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {ways.map((way) => (
                  <Table.Tr key={way.target}>
                    <Table.Td>
                      <Anchor component="button" onClick={() => onStep(way.target)}>
                        {way.target}
                      </Anchor>
                      <Text size="xs" c="dimmed">
                        {way.outside ? t("outside") : way.labels.join(" · ")}
                      </Text>
                    </Table.Td>
                    <Table.Td ta="right">
                      {percent(way.share)}{" "}
                      <Text span c="dimmed" size="xs">
                        ({number(way.count)})
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
          {mayEdit && (
            <Button
              component={Link}
              variant="light"
              to={`/flows/${picture.flow}/edit?step=${encodeURIComponent(step.name)}`}
            >
              {t("editStep")}
            </Button>
          )}
        </Stack>
      )}
    </Drawer>
  );
}
