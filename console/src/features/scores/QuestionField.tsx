import {
  ActionIcon,
  Badge,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  Tooltip,
} from "@mantine/core";
import { IconClock, IconClockX, IconInfoCircle, IconMessage } from "@tabler/icons-react";
import { useState } from "react";

import { durationOf } from "../../shared/formats";
import { useLanguage } from "../../shared/texts";
import { heardAt, valuesOf } from "./answers";
import { textIn, type Answer, type Question } from "./queries";
import { useTexts } from "./texts";

const LEFT_OUT = "x";

/** One question with its answer, its moment and its comment. */
export function QuestionField({
  question,
  answer,
  step,
  readOnly,
  isCurrent,
  isCommenting,
  setCommenting,
  set,
  positionMs,
  onSeek,
}: {
  question: Question;
  answer: Answer | undefined;
  /** Of the flow, at the answer's moment. */
  step: string;
  readOnly: boolean;
  isCurrent: boolean;
  /** The comment is open to be written. */
  isCommenting: boolean;
  setCommenting: (is: boolean) => void;
  set: (part: Partial<Answer>) => void;
  positionMs: () => number;
  onSeek: (ms: number) => void;
}) {
  const t = useTexts();
  const [language] = useLanguage();
  const [isGuided, setGuided] = useState(false);
  const ask = textIn(question.ask, language);
  const guidance = textIn(question.guidance, language);
  const values = valuesOf(question);
  const shown = answer?.not_applicable ? LEFT_OUT : String(answer?.value ?? "");
  const give = (part: Partial<Answer>) =>
    set({ moment_ms: heardAt(answer, positionMs()), ...part });
  const choices = values.map((value) => ({
    value: String(value),
    label: question.scale === "yes_no" ? t(value ? "yes" : "no") : String(value),
  }));
  if (question.not_applicable) choices.push({ value: LEFT_OUT, label: t("notApplicable") });
  const moment = answer?.moment_ms;
  return (
    <Stack
      gap={6}
      py={8}
      px={10}
      data-question={question.name}
      style={{
        scrollMarginBlock: "300px 24px", // not below what stays on top
        borderInlineStart: `3px solid ${isCurrent ? "var(--mantine-primary-color-filled)" : "transparent"}`,
      }}
    >
      <Group gap={6} wrap="nowrap" align="flex-start" justify="space-between">
        <Text size="sm" fw={isCurrent ? 600 : 500} id={`ask-${question.name}`}>
          {ask}{" "}
          {question.fatal && (
            <Tooltip label={t("fatalWhy")}>
              <Badge size="xs" color="red" variant="outline">
                {t("fatal")}
              </Badge>
            </Tooltip>
          )}
        </Text>
        {guidance && (
          <ActionIcon
            variant="subtle"
            size={26}
            aria-label={`${t("guidance")}: ${ask}`}
            aria-expanded={isGuided || isCurrent}
            onClick={() => setGuided(!isGuided)}
          >
            <IconInfoCircle size={18} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      {guidance && (isGuided || isCurrent) && (
        <Text size="xs" c="dimmed">
          {guidance}
        </Text>
      )}
      <Group gap="xs">
        {readOnly && <Given question={question} answer={answer} />}
        {!readOnly && choices.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-labelledby={`ask-${question.name}`}
            // Nothing is chosen before somebody does.
            value={shown}
            data={choices}
            onChange={(value) =>
              give(
                value === LEFT_OUT
                  ? { value: null, not_applicable: true }
                  : { value: Number(value), not_applicable: false },
              )
            }
            style={{ maxWidth: "100%", flexWrap: "wrap" }}
          />
        )}
        {!readOnly && values.length === 0 && (
          <NumberInput
            size="xs"
            w={150}
            aria-labelledby={`ask-${question.name}`}
            placeholder={t("points", { most: question.points })}
            min={0}
            max={question.points}
            allowDecimal={false}
            clampBehavior="strict"
            value={answer?.value ?? ""}
            onChange={(value) =>
              give({ value: typeof value === "number" ? value : null, not_applicable: false })
            }
          />
        )}
        {typeof moment === "number" ? (
          <Group gap={2}>
            <Button
              size="compact-xs"
              variant="light"
              leftSection={<IconClock size={14} aria-hidden />}
              title={t("moment", { at: durationOf(moment / 1000) })}
              onClick={() => onSeek(moment)}
            >
              {durationOf(moment / 1000)}
              {step && ` · ${step}`}
            </Button>
            {!readOnly && (
              <Tooltip label={t("noMoment")}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={24}
                  aria-label={t("noMoment")}
                  onClick={() => set({ moment_ms: null })}
                >
                  <IconClockX size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </Group>
        ) : (
          !readOnly && (
            <Tooltip label={t("hold")}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={24}
                aria-label={`${t("hold")}: ${ask}`}
                onClick={() => set({ moment_ms: Math.round(positionMs()) })}
              >
                <IconClock size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )
        )}
        {!readOnly && !answer?.comment && !isCommenting && (
          <Tooltip label={t("comment")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={`${t("comment")}: ${ask}`}
              onClick={() => setCommenting(true)}
            >
              <IconMessage size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {readOnly && answer?.comment && (
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {answer.comment}
        </Text>
      )}
      {!readOnly && (isCommenting || answer?.comment) && (
        <Textarea
          size="xs"
          autosize
          maxRows={6}
          maxLength={4000}
          aria-label={`${t("comment")}: ${ask}`}
          placeholder={t("why")}
          ref={(field) => {
            if (isCommenting && field && document.activeElement !== field) field.focus();
          }}
          value={answer?.comment ?? ""}
          onChange={(event) => set({ comment: event.currentTarget.value })}
          onBlur={() => setCommenting(false)}
        />
      )}
    </Stack>
  );
}

/** An answer that isn't changed any more, in words. */
function Given({ question, answer }: { question: Question; answer: Answer | undefined }) {
  const t = useTexts();
  const most = question.scale === "1-5" ? 5 : question.points;
  const value = answer?.value;
  const text = answer?.not_applicable
    ? t("notApplicable")
    : typeof value !== "number"
      ? t("notAnswered")
      : question.scale === "yes_no"
        ? t(value ? "yes" : "no")
        : t("ofMost", { value, most });
  return (
    <Text size="sm" fw={600} w={110}>
      {text}
    </Text>
  );
}
