import { Alert, Button, Group, Stack, Text, Textarea, Title, Tooltip } from "@mantine/core";
import { useDisclosure, useLocalStorage, useWindowEvent } from "@mantine/hooks";
import { IconArrowBackUp, IconCheck, IconCloudUpload, IconCloudX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { useFormats } from "../../shared/formats";
import { useLanguage } from "../../shared/texts";
import { answerOfKey, heardAt, isGiven, nextOpen, NONE } from "./answers";
import { Differences } from "./Differences";
import { Keys } from "./Keys";
import { QuestionField } from "./QuestionField";
import { discard, textIn, type Scoring } from "./queries";
import { useTexts } from "./texts";
import { Total } from "./Total";
import { useScoring } from "./useScoring";

/** A scoring of one's own, or another person's to read. */
export function Editor({
  first,
  positionMs,
  onSeek,
  onChange,
  onGone,
  onOwn,
  onFinished,
  onNext,
}: {
  first: Scoring;
  positionMs: () => number;
  onSeek: (ms: number) => void;
  onChange: (scoring: Scoring) => void;
  /** It is thrown away, or somebody else's. */
  onGone?: () => void;
  /** What was typed goes on as this one. */
  onOwn?: (scoring: Scoring) => void;
  onFinished?: () => void;
  /** To the next call of the queue; none: there is no queue. */
  onNext?: (() => void) | null;
}) {
  const t = useTexts();
  const formats = useFormats();
  const [language] = useLanguage();
  const work = useScoring(first, onChange);
  const { scoring, answers } = work;
  const questions = scoring.scorecard.sections.flatMap((section) => section.questions);
  const [current, setCurrent] = useState(() =>
    questions[0] && isGiven(answers[questions[0].name]) ? nextOpen(questions, answers, 0) : 0,
  );
  const [commented, setCommented] = useState("");
  const [isSure, sure] = useDisclosure();
  const [areKeysOn] = useLocalStorage({ key: "voxdesk-call-keys", defaultValue: true });
  const root = useRef<HTMLDivElement>(null);
  const readOnly = !scoring.mine || scoring.state === "done";
  const isStopped = work.there !== null || work.isTaken;

  const fieldOf = (place: number) =>
    root.current?.querySelector(`[data-question="${questions[place]?.name}"]`);
  const goTo = (place: number) => {
    setCurrent(place);
    fieldOf(place)?.scrollIntoView({ block: "nearest" });
  };
  const finish = async () => {
    if (await work.go("finish")) onFinished?.();
    else if (scoring.missing.length > 0) goTo(nextOpen(questions, answers, -1));
  };
  useWindowEvent(
    "keydown",
    (event) => {
      // In a tab that isn't open, or below a dialog, nothing is meant for us.
      if (!scoring.mine || !root.current?.offsetParent || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.closest("[role=dialog]")) return;
      const handled = () => {
        event.preventDefault();
        event.stopPropagation();
      };
      const isControl = event.ctrlKey || event.metaKey;
      if (isControl && event.key === "Enter" && !isStopped) {
        handled();
        if (scoring.state === "draft") void finish();
        else onNext?.();
        return;
      }
      const isWriting = target.closest(
        "textarea, select, [contenteditable], input:not([type=radio])",
      );
      if (isWriting) {
        if (event.key === "Escape" && root.current.contains(target)) target.blur();
        return;
      }
      if (readOnly) return;
      if (isControl && event.key.toLowerCase() === "z") {
        handled();
        work.undo?.();
        return;
      }
      if (!areKeysOn || isControl) return;
      const question = questions[current];
      if (!question) return;
      const key = event.key.toLowerCase();
      const given = answerOfKey(question, key);
      const moment = answers[question.name]?.moment_ms;
      if (given) {
        handled();
        work.set(question.name, {
          moment_ms: heardAt(answers[question.name], positionMs()),
          ...given,
        });
        goTo(nextOpen(questions, { ...answers, [question.name]: { ...NONE, value: 1 } }, current));
      } else if (key === "[" || key === "]") {
        handled();
        const step = key === "]" ? 1 : questions.length - 1;
        goTo((current + step) % questions.length);
      } else if (key === "backspace" || key === "delete") {
        handled();
        work.set(question.name, { value: null, not_applicable: false, moment_ms: null });
      } else if (key === "m") {
        handled();
        work.set(question.name, { moment_ms: Math.round(positionMs()) });
      } else if (key === "h" && typeof moment === "number") {
        handled();
        onSeek(moment);
      } else if (key === "c") {
        handled();
        setCommented(question.name);
      } else if (key === "#" && question.scale === "points") {
        handled();
        fieldOf(current)?.querySelector<HTMLInputElement>("input")?.focus();
      }
    },
    true, // before the call's own keys, of which "c" is one too
  );

  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever is far down the scorecard must see why nothing is saved any more.
    if (isStopped) top.current?.scrollIntoView({ block: "center" });
  }, [isStopped]);

  return (
    <Stack gap="sm" ref={root}>
      <div ref={top} style={{ scrollMarginTop: 300 }}>
        {work.there ? (
          <Differences
            message={work.trouble?.message ?? ""}
            here={{ answers, comment: work.comment }}
            there={work.there}
            settle={(draft) => void work.settle(draft)}
          />
        ) : (
          work.trouble && (
            <Alert color="red" role="alert" title={work.isTaken ? t("taken") : undefined}>
              <Stack gap="xs" align="flex-start">
                <Text size="sm">{formats.within(work.trouble.message)}</Text>
                {work.isTaken && (
                  <Group gap="xs">
                    <Button
                      size="xs"
                      onClick={() => void work.saveAsOwn().then((own) => own && onOwn?.(own))}
                    >
                      {t("saveAsOwn")}
                    </Button>
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => {
                        work.forget();
                        onGone?.();
                      }}
                    >
                      {t("leaveIt")}
                    </Button>
                  </Group>
                )}
              </Stack>
            </Alert>
          )
        )}
      </div>
      {scoring.newer && !readOnly && (
        <Alert color="yellow" title={t("newerTitle")}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">
              {t("newer", { number: scoring.number })} {t("renewWhy")}
            </Text>
            <Button size="xs" variant="default" onClick={() => void work.go("renew")}>
              {t("renew")}
            </Button>
          </Stack>
        </Alert>
      )}
      <Total scoring={scoring} isDraft={!readOnly} />
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
              isCommenting={commented === question.name}
              setCommenting={(is) => setCommented(is ? question.name : "")}
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
      {readOnly ? (
        work.comment && (
          <div role="group" aria-label={t("wholeComment")}>
            <Title order={3} size="h5">
              {t("wholeComment")}
            </Title>
            <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {work.comment}
            </Text>
          </div>
        )
      ) : (
        <Textarea
          label={t("wholeComment")}
          autosize
          maxRows={8}
          maxLength={4000}
          value={work.comment}
          onChange={(event) => work.setComment(event.currentTarget.value)}
        />
      )}
      {scoring.mine && (
        <Group justify="space-between">
          <Group gap="xs">
            {scoring.state === "draft" ? (
              <>
                <Button
                  disabled={isStopped}
                  title="Ctrl+Enter"
                  onClick={() => void finish()}
                  leftSection={<IconCheck size={16} aria-hidden />}
                >
                  {t("finish")}
                </Button>
                <Button
                  variant="default"
                  disabled={!work.undo}
                  title="Ctrl+Z"
                  leftSection={<IconArrowBackUp size={16} aria-hidden />}
                  onClick={() => work.undo?.()}
                >
                  {t("undo")}
                </Button>
              </>
            ) : (
              <>
                {onNext && (
                  <Button title="Ctrl+Enter" onClick={onNext}>
                    {t("nextCall")}
                  </Button>
                )}
                <Button variant="default" onClick={() => void work.go("reopen")}>
                  {t("reopen")}
                </Button>
              </>
            )}
          </Group>
          <SavedSign
            isSaved={work.isSaved}
            isTrouble={work.trouble !== null}
            at={scoring.saved_at}
            doneAt={scoring.state === "done" ? scoring.done_at : null}
          />
          {scoring.state === "draft" && (
            <Button variant="subtle" color="red" size="xs" onClick={sure.open}>
              {t("discard")}
            </Button>
          )}
        </Group>
      )}
      {isSure && scoring.state === "draft" && (
        <Alert color="red" title={t("discardSure")}>
          <Group gap="xs">
            <Button
              size="xs"
              color="red"
              onClick={() =>
                void work
                  .flush()
                  .catch(() => undefined)
                  .then(() => discard(scoring.id, work.revision()))
                  .then(() => {
                    work.forget();
                    onGone?.();
                  })
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
      {!readOnly && <Keys />}
    </Stack>
  );
}

const numberOr = (formats: ReturnType<typeof useFormats>, value: number | null | undefined) =>
  typeof value === "number" ? formats.number(value) : "–";

/** Whether everything that was typed is kept, and where. */
function SavedSign({
  isSaved,
  isTrouble,
  at,
  doneAt,
}: {
  isSaved: boolean;
  isTrouble: boolean;
  at: string;
  doneAt: string | null;
}) {
  const t = useTexts();
  const formats = useFormats();
  const text = isSaved
    ? doneAt
      ? t("finished", { at: formats.time(doneAt) })
      : t("saved", { at: formats.clock(at) })
    : t(isTrouble ? "unsaved" : "saving");
  const Icon = isSaved ? IconCheck : isTrouble ? IconCloudX : IconCloudUpload;
  return (
    <Tooltip label={t(isTrouble && !isSaved ? "unsavedWhy" : "savedWhy")} multiline w={260}>
      <Group gap={4} role="status" aria-live="polite">
        <Icon size={14} aria-hidden />
        <Text size="xs" c={isTrouble && !isSaved ? "red" : "dimmed"}>
          {text}
        </Text>
      </Group>
    </Tooltip>
  );
}
