"""Reads one line of a test's conversation: what the caller does, and what must come of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dialog import flow_values as values
from dialog.flow import End, Flow, Message, Queue, Transfer
from dialog.flow_options import KEYS_OF_A_PHONE
from dialog.flow_outside import Act
from dialog.flow_problems import meant
from dialog.flow_subflow import Return
from dialog.flow_templates import variables
from dialog.flow_tests.reading_outside import outside_turns
from dialog.flow_tests.script import (
    USUAL_CONFIDENCE,
    USUAL_DAY,
    ClockTurns,
    CrmTurns,
    Doing,
    Expected,
    HandoverEnds,
    IsSilent,
    MessageEnds,
    Presses,
    Says,
    ScriptLine,
)
from dialog.flow_values import Context
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import NO_WORDS, Worded, all_of, worded

DOES = ("caller", "keys", "silence", "transfer", "queue", "message", "crm", "at", "outside")
HOW = ("confidence", "over_prompt")
EXPECTS = (
    "hears", "hears_not", "step", "slots", "queued", "transferred", "recording", "did",
    "ended", "language",
)  # fmt: skip
OWN_REASONS = ("done", "no_input", "no_match", "error")
"""Reasons for which the dialogue itself ends a call."""
MOST_SILENCES = 99
MOST_KEYS = 64


def read_line(node: Node, flow: Flow, context: Context) -> ScriptLine | None:
    """One line; None where it can't be read at all."""
    if not node.is_map:
        context.problems.add(
            node.line,
            worded(
                "{where}: a line of a conversation says what the caller does.", where=context.where
            ),
            worded("Write {caller: opening hours, hears: nine}."),
        )
        return None
    for key, line in node.repeated:
        context.problems.add(
            line,
            worded('{where}: the line has the key "{key}" twice.', where=context.where, key=key),
        )
    given = node.entries()
    known = (*DOES, *HOW, *EXPECTS)
    for key, entry in given.items():
        if key not in known:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: a line of a conversation has no key "{key}".',
                    where=context.where,
                    key=key,
                ),
                meant(key, known, worded("Keys")),
            )
    doing = [key for key in DOES if key in given]
    if len(doing) > 1:
        context.problems.add(
            given[doing[1]].line,
            worded(
                "{where}: {doing} at once; a line is one of them.",
                where=context.where,
                doing=all_of(doing),
            ),
            worded("Write a line for each, in their order."),
        )
    does = _read(doing[0], given, flow, context) if doing else None
    _check_how(given, does, context)
    return ScriptLine(does, _expected(given, flow, context), node.line)


def _read(key: str, given: Mapping[str, Node], flow: Flow, context: Context) -> Doing:
    if key == "outside":
        return outside_turns(given[key], flow, context)
    return _READ[key](given[key], given, context)


def _check_how(given: Mapping[str, Node], does: Doing | None, context: Context) -> None:
    for key in HOW:
        if key in given and not isinstance(does, Says):
            context.problems.add(
                given[key].line,
                worded(
                    '{where}: "{key}" says how the caller is heard, and the caller says '
                    "nothing here.",
                    where=context.where,
                    key=key,
                ),
            )


# ------------------------------------------------------------------ what the caller does


def _says(node: Node, given: Mapping[str, Node], context: Context) -> Says:
    share = values.number(0, 1)
    confidence, heard = given.get("confidence"), given.get("over_prompt")
    return Says(
        _texts(node, context, "caller"),
        share(confidence, context, "confidence") if confidence else USUAL_CONFIDENCE,
        share(heard, context, "over_prompt") if heard else None,
    )


def _presses(node: Node, _given: Mapping[str, Node], context: Context) -> Presses:
    keys = "" if node.is_map or node.is_list else node.raw.strip()
    if not 0 < len(keys) <= MOST_KEYS or any(key not in KEYS_OF_A_PHONE for key in keys):
        context.problems.add(
            node.line,
            worded(
                '{where}: "keys" must be keys of a phone, and is "{raw}".',
                where=context.where,
                raw=node.raw[:40],
            ),
            worded('Write keys: "4711#".'),
        )
    return Presses(keys)


def _is_silent(node: Node, _given: Mapping[str, Node], context: Context) -> IsSilent:
    times = values.number(1, MOST_SILENCES, worded("times"), whole=True)(node, context, "silence")
    return IsSilent(int(times))


def _transfer_ends(node: Node, _given: Mapping[str, Node], context: Context) -> HandoverEnds:
    outcomes = values.one_of(("connected", *Transfer.OUTCOMES))
    return HandoverEnds("transfer", outcomes(node, context, "transfer"))


def _queue_ends(node: Node, _given: Mapping[str, Node], context: Context) -> HandoverEnds:
    outcomes = values.one_of(("connected", *Queue.OUTCOMES))
    return HandoverEnds("queue", outcomes(node, context, "queue"))


def _message_ends(node: Node, _given: Mapping[str, Node], context: Context) -> MessageEnds:
    return MessageEnds(values.one_of(("recorded", "empty"))(node, context, "message") == "recorded")


def _crm_turns(node: Node, _given: Mapping[str, Node], context: Context) -> CrmTurns:
    return CrmTurns(values.one_of(("away", "there"))(node, context, "crm") == "away")


def read_moment(node: Node, context: Context, key: str) -> str:
    """A time of a day; empty where it is none."""
    written = "" if node.is_map or node.is_list else node.raw.strip()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or "T" not in written.upper().replace(" ", "T"):
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a time with its day, and is "{written}".',
                where=context.where,
                key=key,
                written=written[:40],
            ),
            worded(
                "Write {key}: 2026-12-24T18:30; with an offset from UTC, 2026-12-24T18:30+01:00.",
                key=key,
            ),
        )
        return ""
    return moment.isoformat(timespec="minutes")


def _clock_turns(node: Node, _given: Mapping[str, Node], context: Context) -> ClockTurns:
    return ClockTurns(read_moment(node, context, "at") or f"{USUAL_DAY}T12:00")


_READ: Mapping[str, Callable[[Node, Mapping[str, Node], Context], Doing]] = {
    "caller": _says,
    "keys": _presses,
    "silence": _is_silent,
    "transfer": _transfer_ends,
    "queue": _queue_ends,
    "message": _message_ends,
    "crm": _crm_turns,
    "at": _clock_turns,
}

# ------------------------------------------------------------------ what must come of it


def _expected(given: Mapping[str, Node], flow: Flow, context: Context) -> Expected:
    read: dict[str, Any] = {}
    for key in ("hears", "hears_not"):
        if key in given:
            read[key] = _texts(given[key], context, key)
    names = {
        "step": (worded("Steps"), tuple(flow.steps)),
        "language": (worded("Languages"), flow.languages),
        "queued": (worded("Queues"), _of(flow, Queue, "queue")),
        "recording": (worded("Mailboxes"), _of(flow, Message, "mailbox")),
    }
    for key, (what, known) in names.items():
        if key in given:
            read[key] = _one(given[key], known, what, context, key)
    if "transferred" in given:  # a target may be a template, so any is possible
        read["transferred"] = values.name(given["transferred"], context, "transferred")
    if "did" in given:
        known = tuple(step.what for step in flow.steps.values() if isinstance(step, Act))
        nodes = given["did"].value if given["did"].is_list else [given["did"]]
        read["did"] = tuple(
            _one(node, known, worded("Things done"), context, "did") for node in nodes
        )
    if "slots" in given:
        read["slots"] = _slots(given["slots"], flow, context)
    if "ended" in given:
        read["ended"] = _ended(given["ended"], flow, context)
    return Expected(**read)


def _of(flow: Flow, kind: type[Queue | Message], field: str) -> tuple[str, ...]:
    found = (getattr(step, field) for step in flow.steps.values() if isinstance(step, kind))
    return tuple(dict.fromkeys(found))


def _one(node: Node, known: tuple[str, ...], what: Worded, context: Context, key: str) -> str:
    given = values.name(node, context, key)
    if given and given not in known:
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" is "{given}", and the flow has no such thing.',
                where=context.where,
                key=key,
                given=given,
            ),
            meant(given, known, what),
        )
    return given


def _slots(node: Node, flow: Flow, context: Context) -> Mapping[str, str | None]:
    if not node.is_map or not node.entries():
        context.problems.add(
            node.line,
            worded(
                '{where}: "slots" must be a list of variables with values.', where=context.where
            ),
            worded('Write slots: {order_number: "4711"}.'),
        )
    known = variables(flow)
    found: dict[str, str | None] = {}
    for name, entry in node.entries().items():
        if name not in known:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: nothing sets the variable "{name}".', where=context.where, name=name
                ),
                meant(name, sorted(known), worded("Variables")),
            )
        elif entry.is_map or entry.is_list:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "slots.{name}" must be one value.', where=context.where, name=name
                ),
            )
        else:
            found[name] = None if entry.value is None else entry.raw
    return found


def _ended(node: Node, flow: Flow, context: Context) -> bool | str:
    if isinstance(node.value, bool):
        return node.value
    own = (step.reason for step in flow.steps.values() if isinstance(step, End | Return))
    return _one(
        node, tuple(dict.fromkeys([*OWN_REASONS, *own])), worded("Reasons"), context, "ended"
    )


def _texts(node: Node, context: Context, key: str) -> tuple[str, ...]:
    entries = node.value if node.is_list else [node]
    texts = [entry.raw.strip() for entry in entries if not entry.is_map and not entry.is_list]
    if not texts or not all(texts) or len(texts) < len(entries):
        hint = worded("Who says nothing is silence: 1.") if key == "caller" else NO_WORDS
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" must be a text, or a list of texts.', where=context.where, key=key
            ),
            hint,
        )
    return tuple(text for text in texts if text)
