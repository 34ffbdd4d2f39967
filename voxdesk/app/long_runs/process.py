"""The process of one run: an `Order` on standard input; `Told` lines on standard output.

SIGINT stops it; what it heard of recordings so far is kept for the next time.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from crm.calls.of_flow import FlowCallsFilter
from crm.lookups import Lookups
from dialog.dialogue import Dialogue
from dialog.flow_tests.reading import file_of_tests
from dialog.flow_tests.walker import walk
from dialog.understanding.intents.examples import lessons_of
from voxdesk.app.database import opened
from voxdesk.app.drafts import Draft, read_draft
from voxdesk.app.flow_choice import dialogue_of
from voxdesk.app.flow_test_runs import as_data, run_tests
from voxdesk.app.http.house import runnable
from voxdesk.app.intents.training import train_apart
from voxdesk.app.long_runs.wanted import (
    STOPPED,
    Order,
    ReplayWanted,
    TestsWanted,
    Told,
    TrainWanted,
    WalkWanted,
)
from voxdesk.app.walked import as_data as walked_data
from voxdesk.app.with_parent import end_with_parent
from voxdesk.kernel.errors import FlowError, VoxdeskError
from voxdesk.kernel.troubles import trouble_of
from voxdesk.kernel.worded import worded

NICENESS: Final = 10
"""Calls come first."""
TELL_EVERY_S: Final = 0.2

Result = dict[str, Any]


class _Progress:
    def __init__(self, tell: Callable[[Told], None]) -> None:
        self._tell = tell
        self._told_s = 0.0
        self._done = self._total = 0

    def of(self, total: int) -> None:
        """There is so much."""
        self._total = total
        self._tell(Told(total=total))

    def one(self) -> None:
        """One more is done."""
        self._done += 1
        now_s = time.monotonic()
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            self._tell(Told(done=self._done, total=self._total))


def do(order: Order, progress: _Progress) -> Result:
    """What was asked for.

    Raises:
        VoxdeskError: it can't be done; says why.
    """
    match order.wanted:
        case TestsWanted() as wanted:
            return _tests(order, wanted, progress)
        case WalkWanted(calls=calls, seed=seed):
            _, dialogue = _dialogue(order)
            progress.of(calls)
            walked = walk(dialogue, calls=calls, seed=seed, on_call=progress.one)
            return walked_data(f"{order.flow}.yaml", walked)
        case TrainWanted():
            return _train(order)
        case ReplayWanted() as wanted:
            return _replay(order, wanted, progress)


def _dialogue(order: Order) -> tuple[Draft, Dialogue]:
    draft = read_draft(order.settings.config_dir / "flows", order.flow)
    flow = runnable(order.flow, draft.data, order.settings)
    return draft, dialogue_of(flow, order.settings)


def _tests(order: Order, wanted: TestsWanted, progress: _Progress) -> Result:
    draft, dialogue = _dialogue(order)
    tests = file_of_tests(draft.path)
    if not tests.is_file():
        raise FlowError(
            worded(
                "{flow} has no tests; they would be in {file}.", flow=order.flow, file=tests.name
            )
        )
    report = run_tests(
        tests,
        dialogue,
        wanted.errors,
        wanted.repeat,
        wanted.seed,
        on_begin=progress.of,
        on_run=progress.one,
    )
    return as_data(report)


def _train(order: Order) -> Result:
    draft = read_draft(order.settings.config_dir / "flows", order.flow)
    lessons = lessons_of(runnable(order.flow, draft.data, order.settings))
    if not lessons:
        return {"steps": []}
    trained = train_apart(lessons, order.settings.state_dir)
    return {"steps": [one.told() for one in trained]}


def _replay(order: Order, wanted: ReplayWanted, progress: _Progress) -> Result:
    # Recognizers take a second to import, and nothing else here needs them.
    from voxdesk.app.replaying.calls import stored_calls  # noqa: PLC0415
    from voxdesk.app.replaying.report import Report  # noqa: PLC0415
    from voxdesk.app.replaying.report import as_data as report_data  # noqa: PLC0415
    from voxdesk.app.replaying.running import (  # noqa: PLC0415
        Source,
        by_ear,
        by_log,
        read_versions,
    )

    settings = order.settings
    with opened(settings.database_url) as database:
        versions, path = read_versions(settings, database, order.flow, None)
        chosen = FlowCallsFilter(
            order.flow, wanted.since, wanted.until, tuple(wanted.calls), wanted.last
        )
        calls = stored_calls(database, chosen)
        if not calls:
            raise FlowError(
                worded("There are no finished calls of {flow} like that.", flow=order.flow)
            )
        progress.of(len(calls))
        country = settings.calls.country
        lookups = Lookups(database, default_country=country) if wanted.crm else None
        source = Source(settings, database, versions, lookups)
        if wanted.audio:
            outcome = by_ear(source, calls, progress.one, workers=1)
        else:
            outcome = by_log(source, calls, progress.one)
    return report_data(
        Report(
            draft=versions.flow,
            shown=path.name,
            first=calls[-1].started_at,
            last=calls[0].started_at,
            comparisons=outcome.comparisons,
            recognizer=outcome.recognizer,
            heard=outcome.heard,
            words=False,
        )
    )


def main() -> int:
    """Do what standard input says."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    end_with_parent()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no line of ours

    def tell(told: Told) -> None:
        out.write(told.model_dump_json(exclude_defaults=True) + "\n")
        out.flush()

    try:
        order = Order.model_validate_json(sys.stdin.buffer.read())
        tell(Told(result=do(order, _Progress(tell))))
    except VoxdeskError as error:
        tell(Told(error=str(error), trouble=trouble_of(error)))
    except KeyboardInterrupt:
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
