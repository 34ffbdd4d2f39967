"""Training of a flow's models, in a process of its own: it takes all cores for seconds.

Run as `python -m voxdesk.app.intents.training STATE_DIR`, with a line of JSON on standard input for
each lesson. Prints a line of JSON for each step: what was made, and how good it looks. Neither an
engine nor a command trains: they start this.
"""

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dialog.understanding.intents.examples import Lesson
from voxdesk.kernel.errors import ModelMissing, VoxdeskError

AT_MOST_S: Final = 900.0
"""Thousands of examples take minutes on a slow machine; what takes longer hangs."""
NICENESS: Final = 10
"""All cores are taken, as far as calls leave them."""
MISTAKEN_TOLD: Final = 20
"""Examples of a step."""
_MAX_SAID: Final = 400


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made of one step.

    Attributes:
        language: of the examples.
        step: whose options are told apart.
        options: how many.
        examples: sentences, phrases included.
        right: share of them that the others understand, each left out in turn, 0..1.
        mistaken: some that they take for another option: text, its option, the other one.
    """

    language: str
    step: str
    options: int
    examples: int
    right: float
    mistaken: Sequence[Sequence[str]] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON types."""
        return dataclasses.asdict(self)

    def told(self) -> dict[str, Any]:
        """The same for whoever has to know which of `mistaken` is which."""
        names = ("text", "option", "taken_for")
        mistaken = [dict(zip(names, one, strict=True)) for one in self.mistaken]
        return {**self.as_data(), "mistaken": mistaken}


def train_apart(lessons: Sequence[Lesson], state_dir: Path) -> list[Trained]:
    """Train the models of one flow, keep them, and wait for it.

    Raises:
        ModelMissing: it can't be done; says why.
    """
    flow = lessons[0].flow
    try:
        done = subprocess.run(  # noqa: S603  our own program
            _command(state_dir),
            input=_written(lessons),
            capture_output=True,
            check=False,
            timeout=AT_MOST_S,
        )
    except subprocess.TimeoutExpired:
        raise ModelMissing(_too_long(flow)) from None
    return read_report(flow, done.returncode, done.stdout, done.stderr)


async def train_beside(lessons: Sequence[Lesson], state_dir: Path) -> list[Trained]:
    """The same without blocking the loop. Cancelled, the training ends too.

    Raises:
        ModelMissing: it can't be done; says why.
    """
    flow = lessons[0].flow
    process = await asyncio.create_subprocess_exec(
        *_command(state_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(AT_MOST_S):
            out, errors = await process.communicate(_written(lessons))
    except TimeoutError:
        raise ModelMissing(_too_long(flow)) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return read_report(flow, process.returncode or 0, out, errors)


def read_report(flow: str, code: int, out: bytes, errors: bytes) -> list[Trained]:
    """What the program printed.

    Raises:
        ModelMissing: it failed, or printed something else.
    """
    if code != 0:
        said = errors.decode("utf-8", "replace").strip().splitlines()
        why = said[-1][:_MAX_SAID] if said else f"the training ended with code {code}"
        raise ModelMissing(f"The examples of the flow {flow} can't be learnt: {why}")
    try:
        return [Trained(**json.loads(line)) for line in out.decode().splitlines()]
    except (ValueError, TypeError) as error:
        raise ModelMissing(f"The training of {flow} printed nonsense.") from error


def _command(state_dir: Path) -> Sequence[str]:
    return (sys.executable, "-m", "voxdesk.app.intents.training", str(state_dir.resolve()))


def _written(lessons: Iterable[Lesson]) -> bytes:
    return "".join(f"{lesson.to_text()}\n" for lesson in lessons).encode()


def _too_long(flow: str) -> str:
    return f"The training of {flow} took more than {AT_MOST_S:.0f} s and was ended."


def learn(lessons: Iterable[Lesson], state_dir: Path) -> list[Trained]:
    """Train every language of a flow and keep the models. For the process made for it.

    Raises:
        ModelMissing: an encoder is not installed.
        OSError: the disk says no.
    """
    # What follows takes a second to import.
    from dialog.understanding.intents.encoders import encoder_for  # noqa: PLC0415
    from dialog.understanding.intents.training import examined_classifier  # noqa: PLC0415
    from voxdesk.app.intents.store import IntentStore  # noqa: PLC0415

    store, report = IntentStore(state_dir), []
    for lesson in lessons:
        encoder = encoder_for(lesson.language)
        models = {}
        for step, examples in lesson.steps.items():
            models[step], right, wrong = examined_classifier(examples, encoder)
            count = sum(map(len, examples.values()))
            told = [(one.text, one.option, one.taken_for) for one in wrong[:MISTAKEN_TOLD]]
            report.append(
                Trained(lesson.language, step, len(examples), count, round(right, 4), told)
            )
        store.keep(lesson, models)
    return report


def main(arguments: Sequence[str]) -> int:
    """The process."""
    os.nice(NICENESS)
    lessons = [Lesson.from_text(line) for line in sys.stdin.buffer.read().decode().splitlines()]
    try:
        report = learn(lessons, Path(arguments[0]))
    except VoxdeskError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 1
    for trained in report:
        sys.stdout.write(json.dumps(trained.as_data()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
