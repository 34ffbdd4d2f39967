import { Badge, Group, Progress, Stack, Text } from "@mantine/core";

import { useFormats } from "../../shared/formats";
import { useLanguage } from "../../shared/texts";
import { textIn, type Scoring } from "./queries";
import { useTexts } from "./texts";

/** What the answers come to, and how many there are to give. */
export function Total({ scoring, isDraft }: { scoring: Scoring; isDraft: boolean }) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const questions = scoring.scorecard.sections.flatMap((section) => section.questions);
  const names = scoring.fatal.map((name) =>
    textIn(questions.find((question) => question.name === name)?.ask, language),
  );
  const { total, missing } = scoring;
  const given = questions.length - missing.length;
  // While questions are open only what is fatal is settled.
  const isSettled = !isDraft || missing.length === 0 || scoring.fatal.length > 0;
  return (
    <Stack gap={4}>
      <Group gap="xs" aria-live="polite">
        <Text fw={700}>
          {t("total")}: {typeof total === "number" ? formats.number(total) : t("noTotal")}
        </Text>
        {typeof scoring.passed === "boolean" && isSettled && (
          <Badge color={scoring.passed ? "teal.9" : "red.9"}>
            {t(scoring.passed ? "passed" : "failed")}
          </Badge>
        )}
        {isDraft && (
          <Text size="sm" c="dimmed">
            {missing.length > 0 ? t("open", { count: missing.length }) : t("allGiven")}
          </Text>
        )}
      </Group>
      {isDraft ? (
        <Progress
          value={questions.length ? (given / questions.length) * 100 : 0}
          aria-label={t("answered", { given, of: questions.length })}
        />
      ) : (
        <Progress
          value={total ?? 0}
          color={scoring.passed === false ? "red" : "teal"}
          aria-label={t("total")}
        />
      )}
      {names.length > 0 && (
        <Text size="sm" c="red">
          {t("isFatal", { names: names.join("; ") })}
        </Text>
      )}
    </Stack>
  );
}
