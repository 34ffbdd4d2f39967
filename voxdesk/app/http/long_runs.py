"""Long work with flows over HTTP: tests, random calls, learning, replays; with progress."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BaseModel, Field

from dialog.replay.course import Ending
from dialog.replay.playing import Cause
from voxdesk.app.drafts import path_of
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flow_answers import TestCoverage, TestRun
from voxdesk.app.http.guard import Reader
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.worded import TroubleKept, WordedOut
from voxdesk.app.long_runs.runs import LongRuns, Run, State
from voxdesk.app.long_runs.wanted import Wanted

router = APIRouter(tags=["runs"])


class WalkFault(BaseModel):
    """Something that must never happen, and did."""

    kind: str
    step: str
    text: str
    worded: WordedOut
    calls: int = Field(description="How many of the calls met it.")
    test: str = Field(description="The shortest call that shows it, as an entry of a tests' file.")


class WalkResult(BaseModel):
    """What came of random calls."""

    flow: str
    calls: int
    events: int
    faults: list[WalkFault]
    coverage: TestCoverage


class Mistaken(BaseModel):
    """An example that would be taken for another option, had it not been given."""

    text: str
    option: str
    taken_for: str


class LearntStep(BaseModel):
    """How well the options of a step are told apart."""

    language: str
    step: str
    options: int
    examples: int
    right: float = Field(
        description="Share of the examples that the others understand, each left out in turn; 0 "
        "to 1."
    )
    mistaken: list[Mistaken] = Field(description="Some that they don't.")


class LearntFlow(BaseModel):
    """All steps with examples."""

    steps: list[LearntStep]


class ReplayEnds(BaseModel):
    """Calls that ended like this, and end like that."""

    before: Ending
    after: Ending
    count: int


class ReplayParting(BaseModel):
    """Calls that part at the same step in the same way."""

    step: str
    before: str
    after: str
    stopped: Cause | None = Field(description="Why none of their replays is complete.")
    count: int
    better: int
    worse: int
    ends: list[ReplayEnds]
    calls: list[str]


class NotReplayed(BaseModel):
    """Why calls couldn't be run again."""

    cause: Cause
    step: str
    what: str
    count: int


class ReplayHeard(BaseModel):
    """What the recognizer had to do."""

    turns: int
    otherwise: int = Field(description="Turns that it heard otherwise than then.")
    without_sound: int
    failed: int


class ReplayResult(BaseModel):
    """Recorded calls through a draft, in figures."""

    flow: str
    version: str
    first: datetime
    last: datetime
    recognizer: str = Field(description="Empty: calls went by what was heard then.")
    calls: int
    kinds: dict[str, int] = Field(description="same, words, way, end, not_replayed.")
    verdicts: dict[str, int] = Field(description="Of those that end elsewhere: better, worse, …")
    end_not_known: int
    supposed: int
    partings: list[ReplayParting]
    not_replayed: list[NotReplayed]
    other_words: dict[str, int]
    other_values: dict[str, int]
    heard: ReplayHeard | None


class LongRunOut(BaseModel):
    """A run, and what came of it; only what was wanted is there."""

    number: int
    flow: str
    wanted: Wanted
    by: str
    begun_at: datetime
    state: State
    done: int = Field(description="Of `total` calls or tests; 0 of 0 while that isn't known.")
    total: int
    error: str = Field(description="Why it failed.")
    trouble: TroubleKept | None = Field(None, description="What that text is made of.")
    tests: TestRun | None = None
    walk: WalkResult | None = None
    train: LearntFlow | None = None
    replay: ReplayResult | None = None

    @classmethod
    def of(cls, run: Run, *, short: bool = False) -> "LongRunOut":
        """As it stands now; `short` without results."""
        known: dict[str, Any] = {} if short else {run.wanted.do: run.result}
        return cls(
            number=run.number,
            flow=run.flow,
            wanted=run.wanted,
            by=run.by,
            begun_at=run.begun_at,
            state=run.state,
            done=run.done,
            total=run.total,
            error=run.error,
            trouble=TroubleKept.model_validate(run.trouble) if run.trouble else None,
            **known,
        )


def _runs(request: Request) -> LongRuns:
    runs: LongRuns = request.app.state.runs
    return runs


Runs = Annotated[LongRuns, Depends(_runs)]


@router.post("/flows/{flow}/runs", status_code=202)
def begin(
    flow: str, wanted: Annotated[Wanted, Body()], house: AHouse, runs: Runs, reader: Reader
) -> LongRunOut:
    """Begin something that takes its time with a flow's draft; then look at `/runs/{number}`.

    One runs at a time, at low priority, so that calls don't notice. The last 20 are kept until the
    console is started anew.
    """
    if not path_of(house.flows, flow).exists():
        raise NotThere(f"There is no draft of {flow}.", case="no_draft", flow=flow)
    return LongRunOut.of(runs.begin(flow, wanted, by=reader.name, now=house.clock.now()))


@router.get("/flows/{flow}/runs")
def list_runs(flow: str, runs: Runs, _: Reader) -> list[LongRunOut]:
    """What was begun with a flow, the newest first, without results."""
    return [LongRunOut.of(run, short=True) for run in runs.of(flow)]


@router.get("/runs/{number}")
def get(number: int, runs: Runs, _: Reader) -> LongRunOut:
    """How far it is, or what came of it."""
    return LongRunOut.of(_one(runs, number))


@router.post("/runs/{number}/stop")
def stop(number: int, runs: Runs, _: Reader) -> LongRunOut:
    """End it. A replay by ear that is begun anew goes on where it was."""
    run = _one(runs, number)
    runs.stop(run)
    return LongRunOut.of(run)


def _one(runs: LongRuns, number: int) -> Run:
    run = runs.get(number)
    if run is None:
        raise NotThere("There is no such run any more; begin it anew.", case="no_run")
    return run
