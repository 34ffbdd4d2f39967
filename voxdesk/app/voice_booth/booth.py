"""The console's side: starts the process when somebody speaks, and ends it when it hangs."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from pydantic import ValidationError

from voxdesk.app.settings import Settings
from voxdesk.app.voice_booth.asked import Answer, Asked, Hear, Say
from voxdesk.kernel.errors import VoxdeskError

AT_MOST_S: Final = 60.0
"""Models are loaded in it, once."""
LONGEST_LINE: Final = 20_000_000


class NoVoice(VoxdeskError):
    """A text can't be said, or a sound not be understood."""

    code = "no_voice"


def command() -> Sequence[str]:
    """The process."""
    return (sys.executable, "-m", "voxdesk.app.voice_booth.process")


class VoiceBooth:
    """Thread-safe; one thing at a time.

    Args:
        settings: which voices and recognizers.
        program: what is started.
    """

    def __init__(self, settings: Settings, program: Callable[[], Sequence[str]] = command) -> None:
        self._settings = settings
        self._program = program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, one: Say | Hear) -> Answer:
        """Have something said or heard.

        Raises:
            NoVoice: that can't be done; says why.
        """
        asked = Asked(one=one).model_dump_json().encode() + b"\n"
        with self._lock:
            answer = self._asked(asked) or self._asked(asked)  # once more: it may just have ended
        if answer is None:
            raise NoVoice("The voice doesn't answer; try again.", case="voice_away")
        if answer.error:
            raise NoVoice(answer.error)
        return answer

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()

    def _asked(self, line: bytes) -> Answer | None:
        process = self._running()
        assert process.stdin is not None  # noqa: S101  pipes were asked for
        assert process.stdout is not None  # noqa: S101
        limit = threading.Timer(AT_MOST_S, process.kill)
        limit.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return Answer.model_validate_json(process.stdout.readline(LONGEST_LINE))
        except (OSError, ValidationError):
            self._end(process)
            return None
        finally:
            limit.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = subprocess.Popen(  # noqa: S603  our own program
                self._program(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert process.stdin is not None  # noqa: S101
            with suppress(OSError):
                process.stdin.write(self._settings.model_dump_json().encode() + b"\n")
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        self._process = None
