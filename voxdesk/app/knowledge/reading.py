"""Questions are read by the encoder in a process of its own: a thousand take all cores for seconds.

Run as `python -m voxdesk.app.knowledge.reading STATE_DIR`, with a line of JSON on standard input
for each language: {"language": "en", "texts": […]}. Neither an engine nor a command reads so many:
they start this.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from dialog.knowledge.index import Wordings
from voxdesk.kernel.errors import ModelMissing, VoxdeskError

AT_MOST_S: Final = 600.0
NICENESS: Final = 10
"""All cores are taken, as far as calls leave them."""
_MAX_SAID: Final = 400


def read_apart(unread: Sequence[Wordings], state_dir: Path) -> None:
    """Read these wordings, keep their vectors, and wait for it.

    Raises:
        ModelMissing: it can't be done; says why.
    """
    try:
        done = subprocess.run(  # noqa: S603  our own program
            _command(state_dir),
            input=_written(unread),
            capture_output=True,
            check=False,
            timeout=AT_MOST_S,
        )
    except subprocess.TimeoutExpired:
        raise _too_long() from None
    _demand_success(done.returncode, done.stderr)


async def read_beside(unread: Sequence[Wordings], state_dir: Path) -> None:
    """The same without blocking the loop. Cancelled, the reading ends too.

    Raises:
        ModelMissing: it can't be done; says why.
    """
    process = await asyncio.create_subprocess_exec(
        *_command(state_dir), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(AT_MOST_S):
            _, errors = await process.communicate(_written(unread))
    except TimeoutError:
        raise _too_long() from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    _demand_success(process.returncode or 0, errors)


def _command(state_dir: Path) -> Sequence[str]:
    return (sys.executable, "-m", "voxdesk.app.knowledge.reading", str(state_dir.resolve()))


def _written(unread: Iterable[Wordings]) -> bytes:
    lines = (
        json.dumps({"language": each.language, "texts": each.texts}, ensure_ascii=True)
        for each in unread
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _demand_success(code: int, errors: bytes) -> None:
    if code != 0:
        said = errors.decode("utf-8", "replace").strip().splitlines()
        why = said[-1][:_MAX_SAID] if said else f"the reading ended with code {code}"
        raise ModelMissing(f"The questions can't be read: {why}")


def _too_long() -> ModelMissing:
    return ModelMissing(f"Reading the questions took more than {AT_MOST_S:.0f} s and was ended.")


def main(arguments: Sequence[str]) -> int:
    """The process."""
    # What follows takes a second to import.
    from dialog.understanding.intents.encoders import encoder_for  # noqa: PLC0415
    from voxdesk.app.knowledge.store import VectorStore  # noqa: PLC0415

    os.nice(NICENESS)
    store = VectorStore(Path(arguments[0]))
    try:
        for line in sys.stdin.buffer.read().decode().splitlines():
            given = json.loads(line)
            texts = tuple(given["texts"])
            store.keep(
                Wordings(given["language"], (), texts, ()),
                encoder_for(given["language"]).encode(texts),
            )
    except VoxdeskError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
