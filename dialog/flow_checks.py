"""What is wrong with a flow as a whole: where steps lead, and what their templates read."""

import re
from collections.abc import Iterable, Mapping, Sequence

from dialog.catalogue import CRM, Catalogue
from dialog.filling import NEVER_ALONG, also_of, asks_for
from dialog.flow import Answer, Ask, Choose, Flow, Menu, Step, Waiting
from dialog.flow_asides import check_asides
from dialog.flow_callback import Callback
from dialog.flow_named import check_named
from dialog.flow_paths import check_paths
from dialog.flow_places import Places
from dialog.flow_problems import Problems, meant
from dialog.flow_silence import check_silence
from dialog.flow_speech import check_speech
from dialog.flow_subflow import Subflow
from dialog.flow_survey import Survey, SurveyEnd
from dialog.flow_templates import check_templates
from dialog.hours_checks import check_hours
from dialog.privacy import check_privacy
from dialog.scopes import is_inside, is_made, written_as
from dialog.template import TemplateProblem, names_in_condition
from dialog.understanding.words import squeezed
from dialog.variables_checks import check_variables
from voxdesk.kernel.speech import AnswerKind
from voxdesk.kernel.worded import Worded, worded


def check_flow(
    flow: Flow,
    problems: Problems,
    broken: Mapping[str, Sequence[str]],
    places: Places | None = None,
    catalogue: Catalogue | None = CRM,
) -> None:
    """Adds every problem that shows only when all steps are known.

    Args:
        flow: as far as it could be read.
        problems: takes them.
        broken: steps that couldn't be read, with every word in them that may name a step.
        places: of the file; without them, messages name the line of the step.
        catalogue: what can be looked up and done; None: whatever the flow names.
    """
    places = places or Places()
    for step in flow.steps.values():
        _check_targets(step, flow, problems, broken, places)
        _check_languages(step, flow, problems, places)
        _check_options(step, flow, problems)
        _check_exits(step, problems)
        if isinstance(step, Answer):
            _check_knowledge(step, flow, problems, places)
        if isinstance(step, Waiting):
            _check_also(step, flow, problems, complete=not broken)
        _check_conditions(step, problems, places)
        _check_never(step, problems)
    if catalogue is not None:
        check_named(flow, problems, catalogue, places)
    check_paths(flow, problems, broken)
    check_asides(flow, problems, complete=not broken)
    if (
        check_templates(
            flow, problems, complete=not broken, places=places, catalogue=catalogue or CRM
        )
        and not broken
    ):
        check_silence(flow, problems)
    check_speech(flow, problems, places)
    check_hours(flow, problems, places)
    check_privacy(flow, problems, places)
    check_variables(flow, problems, places)


def _check_targets(
    step: Step,
    flow: Flow,
    problems: Problems,
    broken: Mapping[str, Sequence[str]],
    places: Places,
) -> None:
    own = [name for name in (*flow.steps, *broken) if not is_made(name)]
    writer = written_as(step.name)
    for _key, target, line in step.targets():
        if target and target not in flow.steps and target not in broken:
            problems.add(
                places.of(writer, target, line),
                worded(
                    'step "{writer}" goes to "{target}", and there is no such step.',
                    writer=writer,
                    target=target,
                ),
                meant(target, own, worded("Steps")),
            )
    for target in filter(is_made, _written(step)):
        problems.add(
            places.of(step.name, target, step.line),
            worded(
                'step "{step}" goes to "{target}", which is inside of another step.',
                step=step.name,
                target=target,
            ),
            worded('Write "{split}", which begins there.', split=re.split("[/:]", target)[0]),
        )


def _written(step: Step) -> list[str]:
    """The targets that the author wrote."""
    if isinstance(step, Subflow):
        return [] if is_inside(step.name) else [step.then, *step.outcomes.values()]
    if isinstance(step, SurveyEnd):
        return [] if is_inside(step.name) else [step.then]
    if isinstance(step, Callback):
        return [] if is_inside(step.name) else [step.after, step.failed]
    if isinstance(step, Survey) or is_made(step.name):
        return []
    return [target for _, target, _ in step.targets()]


def _check_languages(step: Step, flow: Flow, problems: Problems, places: Places) -> None:
    if step.language and step.language not in flow.languages:
        problems.add(
            places.of(step.name, step.language, step.line),
            worded(
                'step "{step}" is in the language "{language}", which the flow lacks.',
                step=step.name,
                language=step.language,
            ),
            meant(step.language, flow.languages, worded("Languages")),
        )


def _check_options(step: Step, flow: Flow, problems: Problems) -> None:
    """Two options must not mean the same words or the same key."""
    if not isinstance(step, Ask | Menu):
        return
    keys: dict[str, str] = {}
    said: dict[tuple[str, str], str] = {}
    for option in step.options:
        other = keys.setdefault(option.key, option.value) if option.key else option.value
        if other != option.value:
            problems.add(
                option.line,
                worded(
                    'step "{step}": the key {key} means both "{other}" and "{value}".',
                    step=step.name,
                    key=option.key,
                    other=other,
                    value=option.value,
                ),
                _free_keys(step.options),
            )
        for language in flow.languages:
            both = (option.phrases.by_language, option.examples.by_language)
            for phrase in (text for texts in both for text in texts.get(language, ())):
                other = said.setdefault((language, squeezed(phrase)), option.value)
                if other != option.value:
                    problems.add(
                        option.line,
                        worded(
                            'step "{step}": "{phrase}" means both "{other}" and "{value}".',
                            step=step.name,
                            phrase=phrase,
                            other=other,
                            value=option.value,
                        ),
                        worded("Callers who say it would not be understood; keep one."),
                    )
    _check_examples(step, problems)


def _check_examples(step: Ask | Menu, problems: Problems) -> None:
    """One option alone has nothing to be told from, and of several a sentence names one."""
    having = [option for option in step.options if option.examples.by_language]
    if having and isinstance(step, Ask) and step.answer is not AnswerKind.CHOICE:
        problems.add(
            having[0].line,
            worded(
                'step "{step}": option "{value}" has examples, and ask: {answer} is understood '
                "by phrases only.",
                step=step.name,
                value=having[0].value,
                answer=step.answer,
            ),
            worded("Leave them away, or make it ask: choice."),
        )
    if len(having) == 1:
        problems.add(
            having[0].line,
            worded(
                'step "{step}": only "{value}" has examples.', step=step.name, value=having[0].value
            ),
            worded("Give examples to another option too: they are told from one another by them."),
        )


def _check_knowledge(step: Answer, flow: Flow, problems: Problems, places: Places) -> None:
    """A step that answers questions must have some to answer, in every language it is heard in."""
    if not step.knowledge:
        problems.add(
            step.line,
            worded(
                'step "{step}" doesn\'t say in which knowledge it finds answers.', step=step.name
            ),
            worded("Write knowledge: [shop] in the step, or at the top for all steps."),
        )
    for name in step.knowledge:
        found = flow.knowledge.get(name)
        languages = (step.language,) if step.language else flow.languages
        for tag in languages if found is not None else ():
            if found is not None and tag not in found.languages:
                problems.add(
                    places.of(step.name, name, step.line),
                    worded(
                        'step "{step}": the knowledge "{name}" has nothing in "{tag}".',
                        step=step.name,
                        name=name,
                        tag=tag,
                    ),
                    worded("It is in: {languages}", languages=", ".join(found.languages)),
                )


def _free_keys(options: Iterable[object]) -> Worded:
    taken = {getattr(option, "key", "") for option in options}
    return worded(
        "Keys still free: {key}", key=", ".join(key for key in "123456789" if key not in taken)
    )


def _check_exits(step: Step, problems: Problems) -> None:
    if isinstance(step, Choose) and step.branches and step.branches[-1].condition:
        problems.add(
            step.line,
            worded(
                'step "{step}" has no "else": when no condition holds, there is no way on.',
                step=step.name,
            ),
            worded("Add - {else: …} as the last branch."),
        )


# Digits don't tell which of these they are.
_DIGIT_KINDS = {
    AnswerKind.DIGITS,
    AnswerKind.ORDER_NUMBER,
    AnswerKind.CODE,
    AnswerKind.PHONE,
}


def _check_also(step: Waiting, flow: Flow, problems: Problems, *, complete: bool) -> None:
    """What comes along must be asked for somewhere, and tell itself from the rest."""
    kinds = [step.answer] if isinstance(step, Ask) else []
    for slot in also_of(step):
        where = worded('step "{step}": "also" names the slot "{slot}"', step=step.name, slot=slot)
        ask = asks_for(flow, slot)
        if ask is None:
            if complete:
                slots = [other.slot for other in flow.steps.values() if isinstance(other, Ask)]
                problems.add(
                    step.line,
                    worded("{where}, and no ask fills it.", where=where),
                    meant(slot, slots, worded("Slots")),
                )
            continue
        if ask is step:
            problems.add(
                step.line,
                worded("{where}, which is its own.", where=where),
                worded("Name slots of other steps."),
            )
        elif ask.answer in NEVER_ALONG:
            problems.add(
                step.line,
                worded(
                    "{where}, and a {answer} answer can't be told from other words.",
                    where=where,
                    answer=ask.answer,
                ),
                worded("Leave it away; step {ask} asks for it.", ask=ask.name),
            )
        elif _is_confused(ask.answer, kinds):
            problems.add(
                step.line,
                worded(
                    "{where}, a {answer}; the same words would answer two questions.",
                    where=where,
                    answer=ask.answer,
                ),
                worded("Leave it away; step {ask} asks for it.", ask=ask.name),
            )
        kinds.append(ask.answer)


def _is_confused(kind: AnswerKind, others: Sequence[AnswerKind]) -> bool:
    """Whether an answer of this kind could be one of the others; options have their own words."""
    if kind in {AnswerKind.CHOICE, AnswerKind.CHOICES}:
        return False
    return kind in others or (kind in _DIGIT_KINDS and bool(_DIGIT_KINDS & set(others)))


def _check_conditions(step: Step, problems: Problems, places: Places) -> None:
    """A condition that reads nothing of the call comes out the same for every caller."""
    if not isinstance(step, Choose):
        return
    for branch in step.branches:
        try:
            constant = bool(branch.condition) and not names_in_condition(branch.condition)
        except TemplateProblem:
            continue  # told where templates are checked
        if constant:
            problems.add(
                places.of(step.name, branch.condition, branch.line),
                worded(
                    'step "{step}": the condition {condition} reads no variable, so it comes '
                    "out the "
                    "same in every call.",
                    step=step.name,
                    condition=branch.condition,
                ),
                worded(
                    'Compare a variable, as in order.status == "shipped", or leave the branch away.'
                ),
            )


def _check_never(step: Step, problems: Problems) -> None:
    """Targets that are written and never followed."""
    if not isinstance(step, Ask):
        return
    if step.answer is AnswerKind.YES_NO and step.yes and step.no and step.then:
        problems.add(
            step.line,
            worded(
                'step "{step}": "then" is never followed, because "yes" and "no" are there.',
                step=step.name,
            ),
            worded("Leave it away."),
        )
    for option in step.options:
        if option.then:
            problems.add(
                option.line,
                worded(
                    'step "{step}", option "{value}": an option of "ask" has no "then" of its own.',
                    step=step.name,
                    value=option.value,
                ),
                worded('Give the step one "then", or make it a "menu".'),
            )
