import { Stack, Table, Text } from "@mantine/core";

import { useLanguage } from "../../shared/texts";
import { Shown } from "./Differences";
import { textIn, type Answer, type Scoring } from "./queries";
import { useTexts } from "./texts";

/** Where two people who scored the same call don't agree. */
export function Comparison({ mine, other }: { mine: Scoring; other: Scoring }) {
  const t = useTexts();
  const [language] = useLanguage();
  const questions = mine.scorecard.sections.flatMap((section) => section.questions);
  const both = questions.filter((question) => other.answers[question.name]);
  const apart = both.filter(({ name }) => !isAgreed(mine.answers[name], other.answers[name]));
  return (
    <Stack gap="xs" mb="md">
      <Text size="sm" fw={600}>
        {t("agreed", { same: both.length - apart.length, of: both.length })}
      </Text>
      {apart.length > 0 && (
        <Table.ScrollContainer minWidth={360}>
          <Table fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("question")}</Table.Th>
                <Table.Th>{t("mine")}</Table.Th>
                <Table.Th>{other.scorer}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {apart.map((question) => (
                <Table.Tr key={question.name}>
                  <Table.Td>{textIn(question.ask, language)}</Table.Td>
                  {[mine, other].map((one) => (
                    <Table.Td key={one.id}>
                      <Shown question={question} answer={one.answers[question.name]} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

const isAgreed = (one: Answer | undefined, other: Answer | undefined) =>
  one?.value === other?.value && one?.not_applicable === other?.not_applicable;
