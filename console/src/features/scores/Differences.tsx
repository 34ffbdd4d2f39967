import { Alert, Button, Group, Radio, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import { durationOf } from "../../shared/formats";
import { useLanguage } from "../../shared/texts";
import { isGiven } from "./answers";
import { differences, draftOf, merged, WHOLE } from "./drafts";
import { textIn, type Answer, type Draft, type Question, type Scoring } from "./queries";
import { useTexts } from "./texts";

/** Two texts of one scoring: both are shown, and for each answer one is chosen. */
export function Differences({
  message,
  here,
  there,
  settle,
}: {
  message: string;
  here: Draft;
  there: Scoring;
  settle: (draft: Draft) => void;
}) {
  const t = useTexts();
  const [language] = useLanguage();
  const questions = there.scorecard.sections.flatMap((section) => section.questions);
  const theirs = draftOf(there);
  const names = differences(
    questions.map((question) => question.name),
    here,
    theirs,
  );
  const [fromThere, setFromThere] = useState<ReadonlySet<string>>(
    // What isn't answered here was answered elsewhere.
    () => new Set(names.filter((name) => name !== WHOLE && isEmpty(here.answers[name]))),
  );
  const choose = (name: string, isThere: boolean) =>
    setFromThere((before) => {
      const after = new Set(before);
      if (isThere) after.add(name);
      else after.delete(name);
      return after;
    });
  return (
    <Alert color="red" role="alert" title={t("conflict")}>
      <Stack gap="xs">
        <Text size="sm">{names.length ? t("conflictWhy") : message}</Text>
        {names.length > 0 && (
          <Table.ScrollContainer minWidth={400}>
            <Table fz="sm" verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("question")}</Table.Th>
                  <Table.Th>{t("here")}</Table.Th>
                  <Table.Th>{t("there")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {names.map((name) => {
                  const question = questions.find((one) => one.name === name);
                  const asked =
                    name === WHOLE ? t("wholeComment") : textIn(question?.ask, language);
                  return (
                    <Table.Tr key={name}>
                      <Table.Td>{asked}</Table.Td>
                      {[false, true].map((isThere) => (
                        <Table.Td key={String(isThere)}>
                          <Radio
                            name={`from-${name}`}
                            checked={fromThere.has(name) === isThere}
                            onChange={() => choose(name, isThere)}
                            aria-label={`${asked}: ${t(isThere ? "there" : "here")}`}
                            label={
                              <Shown
                                question={question}
                                answer={(isThere ? theirs : here).answers[name]}
                                comment={
                                  name === WHOLE ? (isThere ? theirs : here).comment : undefined
                                }
                              />
                            }
                          />
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        <Group gap="xs">
          <Button
            size="xs"
            onClick={() =>
              settle(merged(here, theirs, new Set(names.filter((name) => !fromThere.has(name)))))
            }
          >
            {t(names.length ? "useChosen" : "goOn")}
          </Button>
          {names.length > 0 && (
            <>
              <Button
                size="xs"
                variant="default"
                onClick={() => settle(merged(here, theirs, new Set(names)))}
              >
                {t("keepMine")}
              </Button>
              <Button size="xs" variant="default" onClick={() => settle(theirs)}>
                {t("takeTheirs")}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

const isEmpty = (answer: Answer | undefined) => !isGiven(answer) && !answer?.comment;

/** An answer in words, with its comment and moment. */
export function Shown({
  question,
  answer,
  comment,
}: {
  question: Question | undefined;
  answer: Answer | undefined;
  /** Instead of an answer. */
  comment?: string | undefined;
}) {
  const t = useTexts();
  if (comment !== undefined) return <Said text={comment || "–"} />;
  const value = answer?.value;
  const given = answer?.not_applicable
    ? t("notApplicable")
    : typeof value !== "number"
      ? t("notAnswered")
      : question?.scale === "yes_no"
        ? t(value ? "yes" : "no")
        : String(value);
  const moment = answer?.moment_ms;
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {given}
        {typeof moment === "number" && (
          <Text span size="xs" c="dimmed">
            {" · "}
            {durationOf(moment / 1000)}
          </Text>
        )}
      </Text>
      {answer?.comment && <Said text={answer.comment} />}
    </Stack>
  );
}

const Said = ({ text }: { text: string }) => (
  <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "break-word" }}>
    {text}
  </Text>
);
