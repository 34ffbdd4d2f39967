"""Training of a flow's models, in a process of its own: it takes a core for seconds.

Run as `python -m voxdesk.app.intents.training FLOW_FILE VERSION STATE_DIR`. Prints one line of JSON
for each language: what was made, and how good it looks. An engine never trains: it starts this.
"""

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dialog.flow import Flow
from voxdesk.kernel.errors import FlowError, ModelMissing, VoxdeskError

AT_MOST_S: Final = 900.0
"""Thousands of examples take minutes on a slow machine; what takes longer hangs."""
NICENESS: Final = 10
"""All cores are taken, as far as calls leave them."""
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
    """

    language: str
    step: str
    options: int
    examples: int
    right: float


def command(source: Path, flow: Flow, state_dir: Path) -> Sequence[str]:
    """The program that trains this version of a flow, whose file is `source`."""
    module = "voxdesk.app.intents.training"
    return (sys.executable, "-m", module, str(source), flow.version, str(state_dir))


def train_apart(source: Path, flow: Flow, state_dir: Path) -> list[Trained]:
    """Train and wait.

    Raises:
        VoxdeskError: it can't be done; says why.
    """
    try:
        done = subprocess.run(  # noqa: S603  our own program
            command(source, flow, state_dir),
            capture_output=True,
            check=False,
            timeout=AT_MOST_S,
        )
    except subprocess.TimeoutExpired:
        raise ModelMissing(_too_long(flow)) from None
    return read_report(flow, done.returncode, done.stdout, done.stderr)


async def train_beside(source: Path, flow: Flow, state_dir: Path) -> list[Trained]:
    """The same without blocking the loop. Cancelled, the training ends too.

    Raises:
        VoxdeskError: it can't be done; says why.
    """
    process = await asyncio.create_subprocess_exec(
        *command(source, flow, state_dir),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(AT_MOST_S):
            out, errors = await process.communicate()
    except TimeoutError:
        raise ModelMissing(_too_long(flow)) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return read_report(flow, process.returncode or 0, out, errors)


def read_report(flow: Flow, code: int, out: bytes, errors: bytes) -> list[Trained]:
    """What the program printed.

    Raises:
        ModelMissing: it failed, or printed something else.
    """
    if code != 0:
        said = errors.decode("utf-8", "replace").strip().splitlines()
        why = said[-1][:_MAX_SAID] if said else f"the training ended with code {code}"
        raise ModelMissing(f"The intents of the flow {flow.name} can't be trained: {why}")
    try:
        return [Trained(**json.loads(line)) for line in out.decode().splitlines()]
    except (ValueError, TypeError) as error:
        raise ModelMissing(f"The training of {flow.name} printed nonsense.") from error


def _too_long(flow: Flow) -> str:
    return f"The training of {flow.name} took more than {AT_MOST_S:.0f} s and was ended."


def make(source: Path, version: str, state_dir: Path) -> list[Trained]:
    """Train every language of a flow and keep the models. For the process made for it.

    Raises:
        FlowError: the flow has problems, or is not that version any more.
        ModelMissing: an encoder is not installed.
        OSError: the disk says no.
    """
    from dialog.flow_file import load_flow  # noqa: PLC0415  what follows takes a second to import
    from dialog.understanding.intents.encoders import encoder_for  # noqa: PLC0415
    from dialog.understanding.intents.examples import (  # noqa: PLC0415
        example_languages,
        examples_of,
    )
    from dialog.understanding.intents.training import train_classifier  # noqa: PLC0415
    from voxdesk.app.intents.store import IntentStore  # noqa: PLC0415

    flow = load_flow(source)
    if flow.version != version:
        raise FlowError(f"{source} has changed meanwhile; train it again.")
    store, report = IntentStore(state_dir), []
    for language in example_languages(flow):
        encoder = encoder_for(language)
        models = {}
        for step, examples in examples_of(flow, language).items():
            models[step], right = train_classifier(examples, encoder)
            count = sum(map(len, examples.values()))
            report.append(Trained(language, step, len(examples), count, round(right, 4)))
        store.keep(flow, language, models)
    return report


def main(arguments: Sequence[str]) -> int:
    """The process."""
    source, version, state_dir = arguments
    os.nice(NICENESS)
    try:
        report = make(Path(source), version, Path(state_dir))
    except VoxdeskError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 1
    for trained in report:
        line: dict[str, Any] = dataclasses.asdict(trained)
        sys.stdout.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
