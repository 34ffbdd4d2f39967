"""Makes the steps of a survey's questions of the one step that a flow has of it."""

import dataclasses
from collections.abc import Iterator, Mapping

from dialog.flow import Confirm, Step
from dialog.flow_problems import Problems
from dialog.flow_survey import (
    COMMENT,
    SCALES,
    Survey,
    SurveyEnd,
    SurveyQuestion,
    wording_of,
)
from dialog.flow_texts import NOTHING, Text
from dialog.flow_values import Context, flag, text
from dialog.scopes import QUESTION
from dialog.yaml_tree import Node
from voxdesk.kernel.speech import AnswerKind
from voxdesk.kernel.worded import worded

ATTEMPTS = 2
MAX_QUESTIONS = 30
COMMENT_S = 60.0
OUR_COMMENT = Text({}, wording="survey_comment")


def read_questions(node: Node, context: Context, key: str) -> Mapping[str, Text]:
    """Own wordings by the name of the question."""
    entries = node.entries()
    if not entries or len(entries) > MAX_QUESTIONS:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be 1 to {max_questions} names with texts.',
                where=context.where,
                key=key,
                max_questions=MAX_QUESTIONS,
            ),
            worded('Write questions: {speed: "From 1 to 5: how quick were we?"}.'),
        )
        return {}
    for name, entry in entries.items():
        if not name.isidentifier() or name == COMMENT:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: a question can\'t be called "{name}".', where=context.where, name=name
                ),
                worded("Write a word of letters, digits and _."),
            )
    return {name: text(entry, context, f"{key}.{name}") for name, entry in entries.items()}


def read_comment(node: Node, context: Context, key: str) -> Text:
    """True, or how a comment is asked for."""
    if isinstance(node.value, bool):
        return OUR_COMMENT if flag(node, context, key) else NOTHING
    return text(node, context, key)


def with_questions(steps: Mapping[str, Step], problems: Problems) -> dict[str, Step]:
    """The steps with the questions of each survey behind it."""
    found: dict[str, Step] = {}
    for name, step in steps.items():
        if isinstance(step, Survey):
            _check(step, problems)
            found |= {one.name: one for one in _expanded(step)}
        else:
            found[name] = step
    return found


def _check(step: Survey, problems: Problems) -> None:
    where = worded('step "{step}"', step=step.name)
    if not step.name.isidentifier():
        problems.add(
            step.line,
            worded(
                "{where} is a survey, and its name is no word, so templates can't read its "
                "answers.",
                where=where,
            ),
            worded("Write a word of letters, digits and _."),
        )
    if step.sensitive:
        problems.add(
            step.line,
            worded(
                "{where} is sensitive, and a survey is there for its answers to be kept.",
                where=where,
            ),
            worded("Leave sensitive away."),
        )


def _expanded(step: Survey) -> Iterator[Step]:
    scale = SCALES[step.survey]
    names = [*dict.fromkeys([*scale.questions, *step.questions])]
    texts = {
        name: step.questions.get(name) or Text({}, wording=wording_of(step.survey, name))
        for name in names
    }
    if step.comment != NOTHING:
        texts[COMMENT] = step.comment
    inner = [f"{step.name}{QUESTION}{name}" for name in [*texts, "thanks", "stopped"]]
    *questions, thanks, stopped = inner
    yield dataclasses.replace(
        step, prompt=step.prompt if step.prompt != NOTHING else _intro(texts), then=questions[0]
    )
    for place, (name, prompt) in enumerate(texts.items()):
        rated = name != COMMENT
        yield SurveyQuestion(
            name=questions[place],
            line=step.line,
            language=step.language,
            barge_in=step.barge_in,
            prompt=prompt,
            then=inner[place + 1],
            answer=AnswerKind.NUMBER if rated else AnswerKind.FREE,
            slot=f"{step.name}.{name}",
            attempts=ATTEMPTS,
            give_up=stopped,
            confirm=Confirm.NEVER,
            max_speech_s=COMMENT_S if not rated else 20.0,
            of=step.name,
            survey=step.survey,
            question=name,
            least=scale.least if rated else 0,
            most=scale.most if rated else 0,
            declined=stopped if rated else thanks,
        )
    for name, complete in ((thanks, True), (stopped, False)):
        yield SurveyEnd(
            name=name,
            line=step.line,
            language=step.language,
            prompt=Text({}, wording="survey_thanks" if complete else "survey_stopped"),
            then=step.then,
            of=step.name,
            survey=step.survey,
            complete=complete,
        )


def _intro(texts: Mapping[str, Text]) -> Text:
    return Text({}, wording="survey_intro_one" if len(texts) == 1 else "survey_intro")
