"""Keeps an engine running: `voxdesk serve` is this program, the engine is its child.

It loads nothing and does nothing else, so that there is nothing in it to die of. When the engine
dies, the next one takes over the lines and the calls in them (`telephony.line.alone`). SIGTERM and
SIGINT go to the engine, whose end is then the end of this. SIGHUP has a new engine take over, with
the program and the settings as they are on disk then.

Beside the engine it keeps other programs running that calls don't need (the console, the work
after calls). Their end means nothing to the engine; they end with us.

Run as `python -m voxdesk.app.supervisor PROGRAM ARGUMENT… [+ PROGRAM ARGUMENT…]`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final

BESIDE: Final = "+"
"""Separates programs on the command line."""
STEPPED_DOWN: Final = 75
"""Exit code of an engine that leaves its calls to the next one."""
REFUSED: Final = frozenset({1, 2})
"""Exit codes of an engine that can't run as it is set up, and has said why."""
GOOD_RUN_S: Final = 30.0
FIRST_BACK_OFF_S: Final = 0.1
MAX_BACK_OFF_S: Final = 10.0
STOPPING: Final = (signal.SIGTERM, signal.SIGINT)


class BackOff:
    """How long to wait before the next engine. Pure: told of each run's length in seconds.

    The first death after a good run costs nearly no time, since calls wait; a program that dies
    again and again isn't started so often that nothing else runs.
    """

    def __init__(self) -> None:
        self._next_s = FIRST_BACK_OFF_S

    def after(self, run_s: float) -> float:
        """Seconds to wait."""
        if run_s >= GOOD_RUN_S:
            self._next_s = FIRST_BACK_OFF_S
        wait_s, self._next_s = self._next_s, min(MAX_BACK_OFF_S, 3 * self._next_s)
        return wait_s


class Companion:
    """A program beside the engine that is started again whenever it ends."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._back_off = BackOff()
        self._process: subprocess.Popen[bytes] | None = None
        self._again: threading.Timer | None = None
        self._began_s = 0.0
        self._wanted = True

    def start(self) -> None:
        """Once; it comes again by itself."""
        if not self._wanted:
            return
        self._began_s = time.monotonic()
        self._process = subprocess.Popen(self._command, process_group=0)  # noqa: S603  our own

    def ended(self, pid: int, status: int) -> None:
        """A child has ended; nothing happens when it was another."""
        if self._process is None or self._process.pid != pid:
            return
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if not self._wanted:
            return
        wait_s = self._back_off.after(time.monotonic() - self._began_s)
        _say(f"the program beside the engine ended; it starts again in {wait_s:.1f} s")
        self._again = threading.Timer(wait_s, self.start)
        self._again.daemon = True
        self._again.start()

    def stop(self) -> None:
        """It is told to end, and isn't started again."""
        self._wanted = False
        if self._again is not None:
            self._again.cancel()
        self.renew()

    def renew(self) -> None:
        """It is told to end; the next one has the program and settings as they are then."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)


class Supervisor:
    """One engine after the other.

    Args:
        command: starts an engine in the foreground.
        beside: start what runs beside it.
    """

    def __init__(self, command: Sequence[str], beside: Sequence[Sequence[str]] = ()) -> None:
        self._command = list(command)
        self._companions = [Companion(each) for each in beside]
        self._engine_pid = 0
        self._told_to_stop = False

    def run(self) -> int:
        """Until an engine ends by itself, or can't run. Its exit code."""
        for number in STOPPING:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        for companion in self._companions:
            companion.start()
        try:
            return self._one_after_the_other()
        finally:
            for companion in self._companions:
                companion.stop()

    def _one_after_the_other(self) -> int:
        back_off = BackOff()
        first = True
        while True:
            began_s = time.monotonic()
            code = self._run_one()
            run_s = time.monotonic() - began_s
            if self._told_to_stop or code == 0:
                return max(0, code)
            if first and code in REFUSED and run_s < GOOD_RUN_S:
                return code
            first = False
            if code == STEPPED_DOWN:
                _say("the engine steps down; the next one takes its calls over")
                continue
            why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            wait_s = back_off.after(run_s)
            _say(f"the engine ended after {run_s:.0f} s ({why}); the next one in {wait_s:.1f} s")
            self._sleep(wait_s)
            if self._told_to_stop:
                return 0

    def _run_one(self) -> int:
        # A process group of its own: the terminal's Ctrl-C reaches it once, through us.
        engine = subprocess.Popen(self._command, process_group=0)  # noqa: S603  our own program
        self._engine_pid = engine.pid
        if self._told_to_stop:
            self._pass_on(signal.SIGTERM)
        while True:
            # Of any child: the first process of a container gets the lines of dead engines too.
            pid, status = os.waitpid(-1, 0)
            if pid == engine.pid:
                self._engine_pid = 0
                engine.returncode = os.waitstatus_to_exitcode(status)
                return engine.returncode
            for companion in self._companions:
                companion.ended(pid, status)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._told_to_stop = True
        self._pass_on(number)

    def _renew(self, number: int, frame: FrameType | None) -> None:
        del frame
        for companion in self._companions:
            companion.renew()
        self._pass_on(number)

    def _pass_on(self, number: int) -> None:
        if self._engine_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._engine_pid, number)

    def _sleep(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while not self._told_to_stop and (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, 0.1))


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} voxdesk: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    programs: list[list[str]] = [[]]
    for word in sys.argv[1:]:
        programs += [[]] if word == BESIDE else ()
        programs[-1] += [word] if word != BESIDE else ()
    sys.exit(Supervisor(programs[0], programs[1:]).run())
