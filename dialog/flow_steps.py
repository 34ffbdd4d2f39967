"""Reads the steps of a flow's file: which keys each kind has, and what they may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialog import flow_values as values
from dialog.flow import (
    Answer,
    Ask,
    Choose,
    Confirm,
    End,
    Lookup,
    Menu,
    Message,
    Queue,
    Say,
    Set,
    Step,
    Transfer,
)
from dialog.flow_answers import DEFAULT_DIGITS, check_answer, country, currency, form
from dialog.flow_callback import Callback
from dialog.flow_hours import ByHours
from dialog.flow_options import KEYS_OF_A_PHONE, read_branches, read_options
from dialog.flow_outside import Act
from dialog.flow_problems import meant
from dialog.flow_subflow import Return, Subflow
from dialog.flow_survey import Survey, SurveyKind
from dialog.flow_texts import NOTHING
from dialog.flow_values import Context, Parser
from dialog.survey_steps import read_comment, read_questions
from dialog.yaml_tree import Node
from voxdesk.kernel.speech import AnswerKind, BargeIn
from voxdesk.kernel.worded import all_of, worded

ANSWERS = tuple(kind for kind in AnswerKind if kind is not AnswerKind.NONE)


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of a step: the field that it fills, how it is read, whether it must be there."""

    field: str
    parse: Parser
    required: bool = False


def _target(*, required: bool = False, field: str = "then") -> _Key:
    return _Key(field, values.name, required)


EVERY: Mapping[str, _Key] = {
    "language": _Key("language", values.name),
    "barge_in": _Key("barge_in", values.one_of(BargeIn)),
    "sensitive": _Key("sensitive", values.flag),
}
_PROMPT = _Key("prompt", values.text)
_WAITING: Mapping[str, _Key] = {
    "again": _Key("again", values.text),
    "help": _Key("help", values.text),
    "no_input": _Key("no_input", values.texts),
    "no_match": _Key("no_match", values.texts),
    "attempts": _Key("attempts", values.number(1, 9, whole=True)),
    "give_up": _Key("give_up", values.name),
    "about": _Key("about", values.text),
    "hint": _Key("hint", values.text),
    "grammar": _Key("grammar", values.phrases),
    "no_input_s": _Key("no_input_s", values.number(1, 60, worded("seconds"))),
    "inter_digit_s": _Key("inter_digit_s", values.number(0.5, 15, worded("seconds"))),
    "max_speech_s": _Key("max_speech_s", values.number(2, 120, worded("seconds"))),
    "also": _Key("also", values.names),
    "confirm": _Key("confirm", values.one_of(Confirm)),
    "confirm_below": _Key("confirm_below", values.number(0, 1)),
}


def _outcomes(step: type[Transfer | Queue]) -> Mapping[str, _Key]:
    return {
        outcome: _Key(f"outcome:{outcome}", values.name, required=True) for outcome in step.OUTCOMES
    }


KINDS: Mapping[str, tuple[type[Step], Mapping[str, _Key]]] = {
    "say": (Say, {"say": _Key("prompt", values.text), "then": _target(required=True)}),
    "ask": (
        Ask,
        {
            "ask": _Key("answer", values.one_of(tuple(str(kind) for kind in ANSWERS))),
            "prompt": _Key("prompt", values.text, required=True),
            "slot": _Key("slot", values.name),
            "options": _Key("options", read_options),
            "yes": _target(field="yes"),
            "no": _target(field="no"),
            "then": _target(),
            "min_digits": _Key("min_digits", values.number(1, 40, worded("digits"), whole=True)),
            "max_digits": _Key("max_digits", values.number(1, 40, worded("digits"), whole=True)),
            "letters": _Key("letters", values.flag),
            "check": _Key("check", values.one_of(("luhn",))),
            "format": _Key("form", form),
            "currency": _Key("currency", currency),
            "country": _Key("country", country),
            "names": _Key("names", values.names),
            "when": _Key("when", values.one_of(("nearest", "past", "future"))),
            **_WAITING,
        },
    ),
    "menu": (
        Menu,
        {
            "menu": _Key("prompt", values.text),
            "options": _Key("options", read_options, required=True),
            **_WAITING,
        },
    ),
    "answer": (
        Answer,
        {
            "answer": _Key("prompt", values.optional_text),
            "knowledge": _Key("knowledge", values.names),
            "words": _Key("words", values.name),
            "slot": _Key("slot", values.name),
            "then": _target(required=True),
            "unknown": _target(required=True, field="unknown"),
            "nothing": _target(field="nothing"),
            "offer_frequent": _Key("offer_frequent", values.flag),
            **{key: spec for key, spec in _WAITING.items() if key != "also"},
        },
    ),
    "choose": (Choose, {"choose": _Key("branches", read_branches)}),
    "set": (Set, {"set": _Key("values", values.templates), "then": _target(required=True)}),
    "lookup": (
        Lookup,
        {
            "lookup": _Key("what", values.name),
            "by": _Key("by", values.templates, required=True),
            "as": _Key("into", values.name),
            "found": _target(required=True, field="found"),
            "missing": _target(required=True, field="missing"),
            "failed": _target(required=True, field="failed"),
            "timeout_s": _Key("timeout_s", values.number(0.2, 30, worded("seconds"))),
            "prompt": _PROMPT,
        },
    ),
    "do": (
        Act,
        {
            "do": _Key("what", values.name),
            "with": _Key("given", values.templates, required=True),
            "as": _Key("into", values.name),
            "done": _target(required=True, field="done"),
            "refused": _target(required=True, field="refused"),
            "failed": _target(required=True, field="failed"),
            "timeout_s": _Key("timeout_s", values.number(0.2, 30, worded("seconds"))),
            "prompt": _PROMPT,
        },
    ),
    "transfer": (
        Transfer,
        {
            "transfer": _Key("target", values.name),
            "mode": _Key("mode", values.one_of(("bridged", "blind"))),
            "timeout_s": _Key("timeout_s", values.number(5, 180, worded("seconds"))),
            "headers": _Key("headers", values.templates),
            "prompt": _PROMPT,
            "then": _target(required=True),
            **_outcomes(Transfer),
        },
    ),
    "queue": (
        Queue,
        {
            "queue": _Key("queue", values.name),
            "skills": _Key("skills", values.names),
            "priority": _Key("priority", values.number(-100, 100, whole=True)),
            "whisper": _Key("whisper", values.text),
            "max_wait_s": _Key("max_wait_s", values.number(10, 7200, worded("seconds"))),
            "leave_key": _Key("leave_key", values.one_of(KEYS_OF_A_PHONE)),
            "prompt": _PROMPT,
            "then": _target(required=True),
            **_outcomes(Queue),
        },
    ),
    "callback": (
        Callback,
        {
            "callback": _Key("queue", values.name),
            "skills": _Key("skills", values.names),
            "priority": _Key("priority", values.number(-100, 100, whole=True)),
            "greeting": _Key("greeting", values.text),
            "note": _Key("note", values.text),
            "country": _Key("country", country),
            "prompt": _PROMPT,
            "then": _target(required=True),
            "failed": _target(required=True, field="failed"),
        },
    ),
    "message": (
        Message,
        {
            "message": _Key("mailbox", values.name),
            "max_s": _Key("max_s", values.number(5, 600, worded("seconds"))),
            "transcribe": _Key("transcribe", values.flag),
            "prompt": _PROMPT,
            "then": _target(required=True),
        },
    ),
    "subflow": (
        Subflow,
        {
            "subflow": _Key("flow", values.name),
            "with": _Key("values", values.templates),
            "then": _target(),
            "outcomes": _Key("outcomes", values.steps),
        },
    ),
    "hours": (
        ByHours,
        {
            "hours": _Key("hours", values.name),
            "open": _target(required=True, field="open"),
            "closed": _target(required=True, field="closed"),
            "holiday": _target(field="holiday"),
        },
    ),
    "survey": (
        Survey,
        {
            "survey": _Key("survey", values.one_of(SurveyKind)),
            "prompt": _PROMPT,
            "questions": _Key("questions", read_questions),
            "comment": _Key("comment", read_comment),
            "then": _target(required=True),
        },
    ),
    "return": (Return, {"return": _Key("outcome", values.optional_name)}),
    "end": (
        End,
        {"end": _Key("prompt", values.optional_text), "reason": _Key("reason", values.name)},
    ),
}
"""Every kind of step: its class and its keys. The key of the kind's own name comes first."""


def read_step(name: str, node: Node, outer: Context) -> Step | None:
    """One step; None where its kind isn't clear. Fields that are wrong get a default."""
    context = Context(outer.problems, outer.languages, outer.where)
    given = node.entries()
    kinds = [kind for kind in KINDS if kind in given]
    if len(kinds) != 1:
        _no_kind(kinds, node, context)
        return None
    step_type, own = KINDS[kinds[0]]
    keys = {**own, **EVERY}
    language = ""
    if "language" in given:
        language = values.name(given["language"], context, "language")
        context = Context(outer.problems, outer.languages, outer.where, language)
    read: dict[str, Any] = {}
    outcomes: dict[str, str] = {}
    for key, entry in given.items():
        if key not in keys:
            context.problems.add(
                entry.line,
                worded(
                    '{where} has the key "{key}", and "{kinds}" has no such key.',
                    where=context.where,
                    key=key,
                    kinds=kinds[0],
                ),
                meant(key, keys, worded("Keys")),
            )
            continue
        value = keys[key].parse(entry, context, key)
        field = keys[key].field
        if field.startswith("outcome:"):
            outcomes[key] = value
        else:
            read[field] = value
    for key, spec in keys.items():
        if spec.required and key not in given:
            context.problems.add(
                node.line,
                worded(
                    '{where} has no "{key}", and "{kinds}" needs one.',
                    where=context.where,
                    key=key,
                    kinds=kinds[0],
                ),
            )
    if outcomes:
        read["outcomes"] = outcomes
    return _finished(step_type, name, node, read, context)


def _finished(
    step_type: type[Step], name: str, node: Node, read: dict[str, Any], context: Context
) -> Step:
    """The step, with what follows from its other fields."""
    given = node.entries()
    if step_type is Ask:
        answer = AnswerKind(read["answer"])
        read["answer"] = answer
        read.setdefault("slot", name)
        shortest, longest = DEFAULT_DIGITS.get(answer, (1, 32))
        read.setdefault("min_digits", min(shortest, read.get("max_digits", shortest)))
        read.setdefault("max_digits", max(longest, read["min_digits"]))
        check_answer(answer, given, read, context, node.line)
    if step_type is Answer:
        read.setdefault("slot", name)
        if not read.get("words") and not read.get("prompt", NOTHING).by_language:
            context.problems.add(
                node.line,
                worded("{where} asks nothing, and has no words to answer.", where=context.where),
                worded('Write answer: What would you like to know?, or words: "{{ question }}".'),
            )
    if step_type is Lookup:
        read["into"] = read.get("into") or read.get("what", "").rpartition(".")[2]
    if step_type is Act:
        read["into"] = read.get("into") or name
    if step_type is Menu:
        if any(option.examples.by_language for option in read.get("options", ())):
            # What was guessed and is not sure is asked about, unless the flow says otherwise.
            read.setdefault("confirm", Confirm.LOW_CONFIDENCE)
        for option in read.get("options", ()):
            if not option.then:
                context.problems.add(
                    option.line,
                    worded(
                        '{where}, option "{value}" has no "then".',
                        where=context.where,
                        value=option.value,
                    ),
                )
    return step_type(name=name, line=node.line, **read)


def _no_kind(kinds: list[str], node: Node, context: Context) -> None:
    if kinds:
        context.problems.add(
            node.line,
            worded(
                "{where} is {kinds} at once; a step is one of them.",
                where=context.where,
                kinds=all_of(kinds),
            ),
        )
        return
    known = {key for _, keys in KINDS.values() for key in keys} | set(EVERY)
    strange = next((key for key in node.entries() if key not in known), "")
    context.problems.add(
        node.line,
        worded("{where} doesn't say what it does.", where=context.where),
        meant(strange, KINDS, worded("A step has one of these keys")),
    )
