"""Which work there is. A part of the product adds its own here, one line each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from voxdesk.app.imports import arriving
from voxdesk.app.imports import work as import_work
from voxdesk.app.jobs import figures, keeping, of_calls, word_times
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.live.watchman import watch_goals
from voxdesk.kernel.call import CallId


@dataclass(frozen=True, slots=True)
class Kind:
    """Work that is done once for each call that ended.

    Attributes:
        name: of its rows; never changed.
        version: counted up when what it makes must be made again for every call.
        do: makes it. May be called again for the same call at any time, also when it was killed
            halfway: it replaces what there is, in one transaction. Raises `Hopeless` where another
            try is useless, any other error for a later try.
        at_most_s: a call's work that takes longer is as good as hung; the process then ends.
    """

    name: str
    version: int
    do: Callable[[JobsHouse, CallId], None]
    at_most_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Source:
    """Work that has rows of its own and isn't of a call yet.

    Attributes:
        release: at the start: what a process that died had in its hands waits again.
        do_one: does one piece; False: none waits.
        at_most_s: as in `Kind`.
    """

    name: str
    release: Callable[[JobsHouse], None]
    do_one: Callable[[JobsHouse], bool]
    at_most_s: float


@dataclass(frozen=True, slots=True)
class Every:
    """Work that comes again, on each machine.

    Attributes:
        name: of its row.
        period: from one beginning to the next.
        do: does all that there is to do then.
        at_most_s: as in `Kind`.
    """

    name: str
    period: timedelta
    do: Callable[[JobsHouse], None]
    at_most_s: float = 3600.0


KINDS: Final[tuple[Kind, ...]] = (
    Kind("facts", of_calls.FACTS, of_calls.facts),
    Kind("figures", figures.VERSION, figures.count),
    Kind("waveform", of_calls.WAVEFORM, of_calls.waveform),
    Kind("word_times", word_times.VERSION, word_times.measure),
)
SOURCES: Final[tuple[Source, ...]] = (
    Source("imports", import_work.release, import_work.work_on_one, at_most_s=6 * 3600.0),
)
EVERY: Final[tuple[Every, ...]] = (
    Every("imports_folder", timedelta(seconds=20), arriving.look_into_folder),
    Every("ship_recordings", timedelta(minutes=1), keeping.ship),
    Every("retention", timedelta(hours=1), keeping.retain),
    Every("alarms", timedelta(seconds=15), watch_goals, at_most_s=60.0),
)
