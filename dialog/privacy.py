"""What must not stay of a call: everything that is said, keyed or found at a sensitive step."""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog.flow import Answer, Ask, Flow, Lookup, Set, Step, Transfer
from dialog.flow_outside import Act
from dialog.flow_places import Places
from dialog.flow_problems import Problems
from dialog.flow_subflow import Subflow
from dialog.flow_templates import prompts_of, sets
from dialog.scopes import FIELD, SHARED, scope_of
from dialog.template import TemplateProblem, names_in, paths_in
from voxdesk.kernel.worded import worded

KEPT = frozenset(
    {
        "step", "flow", "slot", "count", "ahead", "command", "confidence", "hypothesis", "what",
        "outcome", "reason", "mode", "target", "hours", "state", "at", "mailbox", "duration_s",
        "template", "condition", "variable", "survey", "question", "aside", "offer",
        "language",
    }
)  # fmt: skip
"""What a sensitive step may note in the call's log; everything else might tell what was said."""
UNSAID = ("hint", "whisper")
"""Texts of a step that callers don't hear, and no recording has."""


def loggable(step: Step | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """What may stay of a note about a step."""
    if step is None or not step.sensitive:
        return dict(data)
    return {key: value for key, value in data.items() if key in KEPT}


def private_variables(flow: Flow) -> frozenset[str]:
    """The variables that sensitive steps fill.

    A record that was found by one of them has it too: the field that it was found by is private.
    """
    steps = [step for step in flow.steps.values() if step.sensitive]
    filled = frozenset(name for step in steps for name in sets(step) if name != "language")
    found = (
        f"{step.into}{FIELD}{key}"
        for step in flow.steps.values()
        if isinstance(step, Lookup | Act)
        for key, template in _asked_with(step).items()
        if reads_private(template, step.name, filled)
    )
    return filled.union(found)


def keeps(step: Step | None, private: frozenset[str]) -> bool:
    """Whether what is found at a step may be in the call's log."""
    if step is None or step.sensitive:
        return False
    by = _asked_with(step) if isinstance(step, Lookup | Act) else {}
    return not any(reads_private(template, step.name, private) for template in by.values())


def _asked_with(step: Lookup | Act) -> Mapping[str, str]:
    return step.by if isinstance(step, Lookup) else step.given


def reads_private(template: str, step: str, private: frozenset[str]) -> bool:
    """Whether a template at a step reads one of them."""
    return bool(private) and bool(_private_in(template, step, private))


def _private_in(template: str, step: str, private: frozenset[str]) -> frozenset[str]:
    scope = scope_of(step)
    try:
        read = names_in(template) | paths_in(template)
    except TemplateProblem:
        return frozenset()
    return private & {name if name in SHARED else f"{scope}{name}" for name in read}


def check_privacy(flow: Flow, problems: Problems, places: Places) -> None:
    """Adds each place where something of a sensitive step would be heard or kept after all."""
    private = private_variables(flow)
    for step in flow.steps.values():
        if step.sensitive and step.kind == "message":
            problems.add(
                step.line,
                worded('step "{step}" is sensitive, and a message is a recording.', step=step.name),
                worded("Leave sensitive away, or ask for it with an ask."),
            )
        if step.sensitive or not private:
            continue
        for key, template in _shown(step):
            for name in sorted(_private_in(template, step.name, private)):
                problems.add(
                    places.of(step.name, template, step.line),
                    worded(
                        'step "{step}": "{key}" uses "{name}", which a sensitive step fills.',
                        step=step.name,
                        key=key,
                        name=name,
                    ),
                    worded("Write sensitive: true here too."),
                )
        for slot in sorted(private.intersection(getattr(step, "also", ()))):
            problems.add(
                step.line,
                worded(
                    'step "{step}": "also" names the slot "{slot}", which a sensitive step fills.',
                    step=step.name,
                    slot=slot,
                ),
                worded("Leave it away, or write sensitive: true here too."),
            )
    for step in flow.steps.values():
        if isinstance(step, Transfer) and _private_in(step.target, step.name, private):
            problems.add(
                step.line,
                worded(
                    'step "{step}" transfers to a target that a sensitive step fills, and targets '
                    "are kept in the call's log.",
                    step=step.name,
                ),
                worded("Choose among steps with fixed targets."),
            )


def _shown(step: Step) -> Iterator[tuple[str, str]]:
    """The templates of a step that are heard, or fill variables that others read."""
    for key, text in prompts_of(step):
        if key not in UNSAID:
            yield from ((key, template) for template in text.by_language.values())
    if isinstance(step, Set | Subflow):
        for name, template in step.values.items():
            yield f"{step.kind if isinstance(step, Set) else 'with'}.{name}", template
    if isinstance(step, Answer) and step.words:
        yield "words", step.words
    if isinstance(step, Ask):
        yield from (("names", template) for template in step.names)
