"""What a person types while trying a flow: the caller's words, or a command with a slash."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from dialog.events import Act, Lookup
from dialog.flow_problems import meant
from dialog.trying.moves import (
    ActEnds,
    HandoverEnds,
    IsSilent,
    LookupEnds,
    MessageEnds,
    Move,
    Presses,
    Says,
)
from dialog.trying.records import answer_typed
from dialog.trying.trial import Misfit, Waiting, asked
from voxdesk.kernel.worded import worded

UNSURE = 0.4
OUTCOMES = (
    "connected",
    "busy",
    "no_answer",
    "refused",
    "failed",
    "left_queue",
    "timed_out",
    "no_agents",
)
HELP: Mapping[str, str] = {
    "WORDS": "the caller says this",
    "/keys 4711#": "the caller presses keys",
    "/silence": "the caller says nothing",
    '/nbest "a tent" "a pen"': "the recognizer isn't sure: its best guess first",
    "/unsure WORDS": "the caller is heard, badly",
    "/connected /busy /no_answer /refused /failed": "how a transfer ends",
    "/connected /left_queue /timed_out /no_agents /failed": "how waiting in a queue ends",
    "/recorded /empty": "a message is left, or none",
    "/back": "take back the caller's last turn",
    "/again": "begin anew",
    "/state": "the step, the language and all variables",
    "/graph [FILE.svg]": "the way so far; with a file: as a drawing",
    "/save NAME": "add this talk to the flow's tests",
    "/help": "this list",
    "/quit": "stop (Ctrl-D does too)",
}
COMMANDS = (
    "keys", "silence", "nbest", "unsure", *OUTCOMES, "recorded", "empty", "back", "again",
    "state", "graph", "save", "help", "quit",
)  # fmt: skip
_ALONE = {"silence", *OUTCOMES, "recorded", "empty", "back", "again", "state", "help", "quit"}


@dataclass(frozen=True, slots=True)
class Command:
    """A command that isn't the caller's doing."""

    name: str
    argument: str = ""


def read(text: str, waiting: Waiting) -> Move | Command | None:
    """What was typed; None for an empty line.

    Args:
        text: the line.
        waiting: what the call waits for: words answer a lookup while it waits for that.

    Raises:
        Misfit: it makes no sense; says what would.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if isinstance(waiting, Lookup) and text == "/failed":
            return LookupEnds(outcome="failed")
        if isinstance(waiting, Act) and text == "/failed":
            return ActEnds(outcome="failed")
        if text.startswith("/"):
            return _command(text)
        if isinstance(waiting, Lookup | Act):
            return _answer(text, waiting)
        return Says(texts=(text,))
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]["msg"]
        raise Misfit(problem.removeprefix("Value error, ")) from None


def _answer(text: str, waiting: Lookup | Act) -> Move:
    found = answer_typed(text, waiting)
    if found is None and isinstance(waiting, Act):
        raise Misfit(
            f"{asked(waiting)}: is it done?\n"
            "  Write done, refused (and why: refused shipped), failed, or what comes of it: "
            "ticket: 1001"
        )
    if found is None:
        raise Misfit(
            f"{asked(waiting)}: found or not?\n"
            "  Write yes, no, failed, or what is found: status: shipped, carrier: UPS"
        )
    return found


def _command(text: str) -> Move | Command:
    name, _, argument = text[1:].partition(" ")
    argument = argument.strip()
    if name not in COMMANDS:
        raise Misfit(
            f'there is no command "/{name[:40]}".\n  {meant(name, COMMANDS, worded("Commands"))}'
        )
    if argument and name in _ALONE:
        raise Misfit(f"/{name} stands alone; what is {argument[:40]!r}?")
    if not argument and name in {"keys", "nbest", "unsure", "save"}:
        example = next(example for example in HELP if example.startswith(f"/{name}"))
        raise Misfit(f"/{name} needs more: {example}")
    move = _move(name, argument)
    return Command(name, argument) if move is None else move


def _move(name: str, argument: str) -> Move | None:  # noqa: PLR0911  a table of commands
    match name:
        case "keys":
            return Presses(keys=_keys(argument))
        case "silence":
            return IsSilent()
        case "nbest":
            return Says(texts=_quoted(argument))
        case "unsure":
            return Says(texts=(argument,), confidence=UNSURE)
        case "recorded" | "empty":
            return MessageEnds(recorded=name == "recorded")
        case _ if name in OUTCOMES:
            return HandoverEnds.model_validate({"outcome": name})
    return None


def _keys(argument: str) -> str:
    keys = argument.replace(" ", "")
    if set(keys) - set("0123456789*#"):
        raise Misfit("keys are 0 to 9, * and #, for example: /keys 4711#")
    return keys


def _quoted(argument: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(argument))
    except ValueError:
        raise Misfit('a quotation mark is missing: /nbest "a tent" "a pen"') from None
