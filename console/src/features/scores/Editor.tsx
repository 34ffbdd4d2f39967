import { Alert, Badge, Button, Group, Progress, Stack, Text, Textarea, Title } from "@mantine/core";
import { useDisclosure, useLocalStorage, useWindowEvent } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useRef, useState } from "react";

import { useFormats } from "../../shared/formats";
import { useLanguage } from "../../shared/texts";
import { answerOfKey, nextOpen, NONE } from "./answers";
import { QuestionField } from "./QuestionField";
import { discard, textIn, type Scoring } from "./queries";
import { useTexts } from "./texts";
import { useScoring } from "./useScoring";

/** A scoring of one's own, or another person's to read. */
export function Editor({
  first,
  positionMs,
  onSeek,
  onChange,
  onDiscarded,
}: {
  first: Scoring;
  positionMs: () => number;
  onSeek: (ms: number) => void;
  onChange: (scoring: Scoring) => void;
  onDiscarded: () => void;
}) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const work = useScoring(first, onChange);
  const { scoring, answers } = work;
  const [current, setCurrent] = useState(0);
  const [isSure, sure] = useDisclosure();
  const [areKeysOn] = useLocalStorage({ key: "voxdesk-call-keys", defaultValue: true });
  const root = useRef<HTMLDivElement>(null);
  const readOnly = !scoring.mine || scoring.state === "done";
  const questions = scoring.scorecard.sections.flatMap((section) => section.questions);

  const goTo = (place: number) => {
    setCurrent(place);
    const name = questions[place]?.name;
    root.current?.querySelector(`[data-question="${name}"]`)?.scrollIntoView({ block: "nearest" });
  };
  useWindowEvent("keydown", (event) => {
    if (readOnly || !root.current?.offsetParent) return; // in a tab that isn't open
    const target = event.target as HTMLElement;
    const isWriting = target.closest(
      "textarea, select, [contenteditable], input:not([type=radio])",
    );
    if (isWriting || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      work.undo?.();
      return;
    }
    if (!areKeysOn || event.ctrlKey || event.metaKey) return;
    const question = questions[current];
    const given = question && answerOfKey(question, event.key.toLowerCase());
    if (question && given) {
      event.preventDefault();
      work.set(question.name, { moment_ms: Math.round(positionMs()), ...given });
      goTo(nextOpen(questions, { ...answers, [question.name]: { ...NONE, value: 1 } }, current));
    } else if (event.key === "[" || event.key === "]") {
      event.preventDefault();
      const step = event.key === "]" ? 1 : questions.length - 1;
      goTo((current + step) % questions.length);
    }
  });

  return (
    <Stack gap="sm" ref={root}>
      {work.trouble && (
        <Alert color="red" role="alert" title={work.isConflict ? t("conflict") : undefined}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{work.trouble.message}</Text>
            {work.isConflict && (
              <Group gap="xs">
                <Button size="xs" onClick={() => void work.takeTheirs()}>
                  {t("takeTheirs")}
                </Button>
                <Button size="xs" variant="light" onClick={() => void work.keepMine()}>
                  {t("keepMine")}
                </Button>
              </Group>
            )}
          </Stack>
        </Alert>
      )}
      {scoring.newer && !readOnly && (
        <Alert color="yellow">
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t("newer", { number: scoring.number })}</Text>
            <Button size="xs" variant="light" onClick={() => void work.go("renew")}>
              {t("renew")}
            </Button>
            <Text size="xs">{t("renewWhy")}</Text>
          </Stack>
        </Alert>
      )}
      <Total scoring={scoring} />
      {scoring.scorecard.sections.map((section) => (
        <div key={section.name} role="group" aria-label={textIn(section.title, language)}>
          <Group justify="space-between">
            <Title order={3} size="h5">
              {textIn(section.title, language)}
            </Title>
            <Text size="sm" c="dimmed">
              {numberOr(formats, scoring.sections[section.name])}
            </Text>
          </Group>
          {section.questions.map((question) => (
            <QuestionField
              key={question.name}
              question={question}
              answer={answers[question.name]}
              step={scoring.answers[question.name]?.step ?? ""}
              readOnly={readOnly}
              isCurrent={!readOnly && questions[current]?.name === question.name}
              set={(part) => {
                setCurrent(questions.indexOf(question));
                work.set(question.name, part);
              }}
              positionMs={positionMs}
              onSeek={onSeek}
            />
          ))}
        </div>
      ))}
      <Textarea
        label={t("wholeComment")}
        autosize
        maxRows={8}
        maxLength={4000}
        readOnly={readOnly}
        value={work.comment}
        onChange={(event) => work.setComment(event.currentTarget.value)}
      />
      {scoring.mine && (
        <Group justify="space-between">
          <Group gap="xs">
            {scoring.state === "draft" ? (
              <>
                <Button onClick={() => void work.go("finish")}>{t("finish")}</Button>
                <Button
                  variant="default"
                  disabled={!work.undo}
                  leftSection={<IconArrowBackUp size={16} aria-hidden />}
                  onClick={() => work.undo?.()}
                >
                  {t("undo")}
                </Button>
              </>
            ) : (
              <Button variant="default" onClick={() => void work.go("reopen")}>
                {t("reopen")}
              </Button>
            )}
          </Group>
          <Text size="xs" c="dimmed" aria-live="polite">
            {scoring.state === "done" && scoring.done_at
              ? t("finished", { at: formats.time(scoring.done_at) })
              : t(work.isSaving ? "saving" : "saved")}
          </Text>
          {scoring.state === "draft" && (
            <Button variant="subtle" color="red" size="xs" onClick={sure.open}>
              {t("discard")}
            </Button>
          )}
        </Group>
      )}
      {isSure && (
        <Alert color="red" title={t("discardSure")}>
          <Group gap="xs">
            <Button
              size="xs"
              color="red"
              onClick={() =>
                void work.flush().then(() => discard(scoring.id, work.revision()).then(onDiscarded))
              }
            >
              {t("discard")}
            </Button>
            <Button size="xs" variant="default" onClick={sure.close}>
              {t("keep")}
            </Button>
          </Group>
        </Alert>
      )}
      {!readOnly && (
        <Text size="xs" c="dimmed">
          {t("keys")}
        </Text>
      )}
    </Stack>
  );
}

const numberOr = (formats: ReturnType<typeof useFormats>, value: number | null | undefined) =>
  typeof value === "number" ? formats.number(value) : "–";

function Total({ scoring }: { scoring: Scoring }) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const names = scoring.fatal.map((name) => {
    const questions = scoring.scorecard.sections.flatMap((section) => section.questions);
    return textIn(questions.find((question) => question.name === name)?.ask, language);
  });
  const total = scoring.total;
  return (
    <Stack gap={4}>
      <Group gap="xs" aria-live="polite">
        <Text fw={700}>
          {t("total")}: {typeof total === "number" ? formats.number(total) : t("noTotal")}
        </Text>
        {typeof scoring.passed === "boolean" && (
          <Badge color={scoring.passed ? "teal.9" : "red.9"}>
            {t(scoring.passed ? "passed" : "failed")}
          </Badge>
        )}
        {scoring.missing.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("open", { count: scoring.missing.length })}
          </Text>
        )}
      </Group>
      <Progress
        value={total ?? 0}
        color={scoring.passed === false ? "red" : "teal"}
        aria-label={t("total")}
      />
      {names.length > 0 && (
        <Text size="sm" c="red">
          {t("isFatal", { names: names.join("; ") })}
        </Text>
      )}
    </Stack>
  );
}
