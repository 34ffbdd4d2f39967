"""Talking with a flow in the terminal, line by line."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dialog import events
from dialog.dialogue import Dialogue
from dialog.flow_graph.asides import picture
from dialog.flow_graph.model import Traffic
from dialog.flow_tests.reading import file_of_tests
from dialog.trying.as_test import with_test
from dialog.trying.moves import Beginning
from dialog.trying.trial import Answer, Misfit, Trial
from voxdesk.app.trying.showing import Screen
from voxdesk.app.trying.typed import Command, read
from voxdesk.kernel.errors import FlowError, VoxdeskError

MAX_LINE = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """What is tried.

    Attributes:
        path: of the flow's file; its tests are beside it.
        answer: answers lookups; None: they are asked of whoever types.
    """

    dialogue: Dialogue
    path: Path
    beginning: Beginning
    answer: Answer | None = None


def typed_lines() -> Iterator[str]:
    """What is typed, until its end; on a terminal with history and editing."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        for line in sys.stdin:
            yield line.rstrip("\n")
        return
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415  input() edits lines once it is there
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            yield input("> ")


def talk(place: Place, screen: Screen, lines: Iterator[str]) -> int:
    """Talk until the lines end.

    Returns:
        exit code: 1 when a script had a line that makes no sense; it is not run further.

    Raises:
        VoxdeskError: the talk can't even begin.
    """
    trial = Trial.begin(place.dialogue, place.beginning, place.answer)
    screen.moments(trial.moments)
    for number, line in enumerate(lines, start=1):
        if not screen.is_terminal and line.strip():
            screen.typed(line[:MAX_LINE])
        try:
            following = _after(line, trial, place, screen)
        except VoxdeskError as error:
            screen.trouble(str(error) if screen.is_terminal else f"line {number}: {error}")
            if not screen.is_terminal:
                return 1
            continue
        if following is None:
            return 0
        trial = following
    return 0


def _after(line: str, trial: Trial, place: Place, screen: Screen) -> Trial | None:
    """The talk after a line; None: it is over."""
    if len(line) > MAX_LINE:
        raise Misfit(f"a line has at most {MAX_LINE} characters")
    typed = read(line, trial.now.waiting)
    if typed is None:
        return trial
    if isinstance(typed, Command):
        return _obey(typed, trial, place, screen)
    if isinstance(trial.now.waiting, events.HangUp):
        raise Misfit("the call is over: /back, /again, /save NAME or /quit")
    following = trial.after(typed, place.answer)
    screen.moments(following.since(trial), trial.now)
    return following


def _obey(command: Command, trial: Trial, place: Place, screen: Screen) -> Trial | None:
    match command.name:
        case "quit":
            return None
        case "back":
            trial = trial.back()
            screen.note("Back to:")
            screen.moments(trial.moments[-1:])
        case "again":
            trial = Trial.begin(place.dialogue, place.beginning, place.answer)
            screen.moments(trial.moments)
        case "state":
            screen.state(trial)
        case "graph":
            _show_path(command.argument, trial, screen)
        case "save":
            path = save(command.argument, trial, place.path)
            screen.note(f'Added the test "{command.argument}" to {path}.')
        case _:
            screen.help()
    return trial


def _show_path(file: str, trial: Trial, screen: Screen) -> None:
    flow, path = trial.dialogue.flow, trial.path
    if not file:
        screen.note(" → ".join(path))
        return
    if not file.endswith(".svg"):
        raise Misfit("a drawing is a file that ends in .svg: /graph way.svg")
    traffic = Traffic.of_path(path)
    drawn = picture(flow, trial.now.state.language, traffic)
    _write(Path(file), drawn)
    screen.note(f"Drawn in {file}.")


def save(name: str, trial: Trial, flow_path: Path) -> Path:
    """Add a talk to the tests beside its flow.

    Raises:
        FlowError: that file can't take it; says why.
    """
    path = file_of_tests(flow_path)
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise FlowError(f"{path}  The file can't be read: {error}") from None
    _write(path, with_test(text, name, trial, path=str(path)))
    return path


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise FlowError(f"{path}  The file can't be written: {error.strerror}") from None
