"""A generated caller, who walks through a flow at random and looks for what must never happen."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from dialog.dialogue import Dialogue
from dialog.events import HangUp, Listen, RecordMessage
from dialog.flow_tests.answers import Answers, handed_over
from dialog.flow_tests.coverage import Coverage
from dialog.flow_tests.faults import Fault, FaultKind, crash, endless, fault_in
from dialog.flow_tests.running import do, start, unfit
from dialog.flow_tests.script import (
    CrmTurns,
    Doing,
    Expected,
    FlowTest,
    IsSilent,
    MessageEnds,
    OutsideTurns,
    Presses,
    Says,
    ScriptLine,
    World,
)
from dialog.flow_tests.shrinking import shrink
from dialog.flow_tests.worlds import Worlds
from dialog.text_call import TextCall
from voxdesk.kernel.worded import worded

MOST_EVENTS = 40
"""Of a caller who does something; then nothing more is done, and the call must end."""
LEFT_ALONE = 80
"""Events after which a call that is left alone must have ended."""
MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, the shortest call that leads to it as a test, and how many calls met it."""

    fault: Fault
    test: FlowTest
    calls: int


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of many calls."""

    calls: int
    events: int
    found: tuple[Found, ...]
    coverage: Coverage


class Walk:
    """One call, one event after another, until it ends or something is wrong with it."""

    def __init__(self, dialogue: Dialogue, world: World) -> None:
        """Answer the call."""
        self.did: list[Doing] = []
        self.fault: Fault | None = None
        self.call: TextCall | None = None
        self._seen: set[str] = set()
        try:
            self.call = start(dialogue, world)
        except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
            self.fault = crash(error, dialogue.flow.start)
        else:
            self.fault = fault_in(self.call.history, self.call.pending)

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        ended = self.call is None or isinstance(self.call.pending, HangUp)
        return ended or self.fault is not None

    def does(self, doing: Doing) -> None:
        """Let it happen, if it can happen now, and look at what comes of it."""
        call = self.call
        if call is None or self.over or unfit(call, doing):
            return
        self.did.append(doing)
        before = len(call.history)
        try:
            do(call, doing)
        except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
            self.fault = crash(error, call.step)
            return
        self.fault = fault_in(call.history[before:], call.pending) or self._same_again(doing)

    def left_alone(self, share: float) -> None:
        """The caller does nothing more; transfers and queues all end alike."""
        for _ in range(LEFT_ALONE):
            if self.call is None or self.over:
                return
            pending = self.call.pending
            doing: Doing | None
            if isinstance(pending, Listen):
                doing = IsSilent()
            elif isinstance(pending, RecordMessage):
                doing = MessageEnds(recorded=False)
            else:
                doing = handed_over(pending, share)
            if doing is None:
                return
            self.does(doing)
        if self.call is not None and not self.over:
            self.fault = endless(self.call.step, LEFT_ALONE)

    def _same_again(self, doing: Doing) -> Fault | None:
        """The call is where it was before, and the caller has done nothing meanwhile."""
        if self.call is None or isinstance(doing, CrmTurns | OutsideTurns):
            return None
        if isinstance(doing, Says | Presses):
            self._seen.clear()
            return None
        now = repr(dataclasses.replace(self.call.state, moves=0, token=0))
        if now in self._seen:
            text = worded("The call goes in circles, and the caller has no say.")
            return Fault(FaultKind.CIRCLES, self.call.step, text)
        self._seen.add(now)
        return None


def walk(
    dialogue: Dialogue, *, calls: int, seed: int, on_call: Callable[[], None] = lambda: None
) -> Walked:
    """Many generated calls.

    Args:
        dialogue: of the flow.
        calls: how many.
        seed: the same seed, the same calls.
        on_call: called after each.
    """
    worlds = Worlds(dialogue.flow, dialogue.languages)
    coverage = Coverage(dialogue.flow)
    faults: dict[tuple[FaultKind, str], tuple[World, Walk, float]] = {}
    met: dict[tuple[FaultKind, str], int] = {}
    events = 0
    for number in range(calls):
        random = Random(f"{seed}/{number}")  # noqa: S311  nothing secret
        world = worlds.make(random)
        one = _walk_once(dialogue, world, random)
        alone = random.random()
        one.left_alone(alone)
        events += len(one.did)
        if one.call is not None:
            coverage.add(one.call.history)
        if one.fault is not None:
            kind = (one.fault.kind, one.fault.step)
            met[kind] = met.get(kind, 0) + 1
            faults.setdefault(kind, (world, one, alone))
        on_call()
    found = [
        Found(one.fault, _shortest(dialogue, world, one, one.fault, alone), met[kind])
        for kind, (world, one, alone) in list(faults.items())[:MOST_FAULTS]
        if one.fault is not None
    ]
    return Walked(calls, events, tuple(found), coverage)


def _walk_once(dialogue: Dialogue, world: World, random: Random) -> Walk:
    one = Walk(dialogue, world)
    answers = Answers(dialogue.flow, world, random)
    for _ in range(random.randint(1, MOST_EVENTS)):
        if one.call is None or one.over:
            break
        doing = answers.next(one.call)
        if doing is None:
            break
        one.does(doing)
    return one


def _shortest(
    dialogue: Dialogue, world: World, found: Walk, fault: Fault, alone: float
) -> FlowTest:
    """The fewest events that lead to the same fault, as a test that fails because of it."""

    def play(world: World, script: Iterable[Doing]) -> Walk:
        one = Walk(dialogue, world)
        for doing in script:
            one.does(doing)
        if endlessly:
            one.left_alone(alone)
        return one

    def same(world: World, script: Sequence[Doing]) -> bool:
        other = play(world, script).fault
        return other is not None and (other.kind, other.step) == (fault.kind, fault.step)

    endlessly = fault == endless(fault.step, LEFT_ALONE)
    world, script = shrink(same, world, tuple(found.did))
    did = play(world, script).did
    return FlowTest(_name(fault), world, _as_lines(did, fault))


def _as_lines(did: Sequence[Doing], fault: Fault) -> tuple[ScriptLine, ...]:
    lines = [ScriptLine(doing) for doing in did] or [ScriptLine(None)]
    if fault.kind is FaultKind.CIRCLES:
        lines[-1] = ScriptLine(lines[-1].does, Expected(ended=True))
    return tuple(lines)


def _name(fault: Fault) -> str:
    return f"{fault.kind} at step {fault.step}"
