"""Runs a test: no audio, no clock, so a call of minutes takes milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from dialog.dialogue import Dialogue
from dialog.events import Act, Enqueue, HangUp, Listen, RecordMessage, Transfer
from dialog.flow_tests.faults import Fault, crash, fault_in
from dialog.flow_tests.script import (
    ClockTurns,
    CrmTurns,
    Doing,
    Expected,
    FlowTest,
    HandoverEnds,
    IsSilent,
    MessageEnds,
    OutsideTurns,
    Presses,
    Says,
    ScriptLine,
    World,
)
from dialog.text_call import TextCall
from voxdesk.kernel.worded import NO_WORDS, Worded, plain, together, worded

Hear = Callable[[Says, str], Says]
"""What the recognizer makes of words, given the call's language."""
NOTHING_HEARD = worded("nothing")


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected and what was so instead, as a person reads it."""

    expected: Worded
    got: Worded


@dataclass(frozen=True, slots=True)
class Failure:
    """A line of a test that failed; the test ends there.

    Attributes:
        line: of the file.
        did: what the caller did.
        differences: everything about it that was not as expected.
        heard: all that the caller heard after it.
        step: where the call is now.
    """

    line: int
    did: Worded
    differences: tuple[Difference, ...]
    heard: str
    step: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a test.

    Attributes:
        test: that was run.
        failure: None: all was as expected.
        call: as far as it went.
        went: each line that was run, with the step at which it found the call.
    """

    test: FlowTest
    failure: Failure | None
    call: TextCall
    went: tuple[tuple[ScriptLine, str], ...]


def start(dialogue: Dialogue, world: World) -> TextCall:
    """The call of a test, answered."""
    return TextCall(
        dialogue,
        caller=world.caller,
        callee=world.callee,
        today=world.today,
        at=world.at,
        records=world.records,
        crm_away=world.crm_away,
        outside=world.outside,
    )


def run_test(dialogue: Dialogue, test: FlowTest, *, hear: Hear | None = None) -> Outcome:
    """Run a test until its end or its first line that fails.

    Args:
        dialogue: of the flow.
        test: to run.
        hear: what the recognizer makes of the caller's words; they are heard as written without.
    """
    call = start(dialogue, test.world)
    went: list[tuple[ScriptLine, str]] = []
    script = test.script
    if script[0].does is not None:  # the call is answered, whether or not the test looks at it
        script = (replace(script[0], does=None, expects=Expected()), *script)
    for line in script:
        went.append((line, call.step))
        failure = _run_line(call, line, hear)
        if failure is not None:
            return Outcome(test, failure, call, tuple(went))
    return Outcome(test, None, call, tuple(went))


def _run_line(call: TextCall, line: ScriptLine, hear: Hear | None) -> Failure | None:
    answered = line.does is None
    said = 0 if answered else len(call.said)
    done = 0 if answered else len(call.history)
    differences: list[Difference] = []
    fault: Fault | None = None
    for doing in _one_by_one(line.does):
        if reason := unfit(call, doing):
            differences.append(Difference(worded("that {what}", what=_can(doing)), reason))
            break
        if hear is not None and isinstance(doing, Says):
            doing = hear(doing, call.state.language)  # noqa: PLW2901  as it is heard
        try:
            do(call, doing)
        except Exception as error:  # noqa: BLE001  whatever it is, the test tells it
            fault = crash(error, call.step)
            break
    heard = " ".join(call.said[said:])
    if not differences:
        fault = fault or fault_in(call.history[done:], call.pending)
        if fault is not None:
            differences.append(Difference(worded("no fault"), fault.text))
        else:
            did = tuple(
                action.what
                for reaction in call.history[done:]
                for action in reaction.actions
                if isinstance(action, Act)
            )
            differences += _differences(line.expects, call, heard, did)
    if not differences:
        return None
    return Failure(line.line, described(line.does), tuple(differences), heard, call.step)


def _one_by_one(doing: Doing | None) -> list[Doing]:
    if doing is None:
        return []
    return [IsSilent()] * doing.times if isinstance(doing, IsSilent) else [doing]


# ------------------------------------------------------------------ what the caller does


def unfit(call: TextCall, doing: Doing) -> Worded:
    """Why this can't happen now, or nothing."""
    pending = call.pending
    if isinstance(pending, HangUp):
        return worded("the call has ended ({reason})", reason=pending.reason)
    needed: type | tuple[type, ...]
    match doing:
        case CrmTurns() | ClockTurns() | OutsideTurns():
            return NO_WORDS
        case HandoverEnds(where="queue"):
            needed = Enqueue
        case HandoverEnds():
            needed = Transfer
        case MessageEnds():
            needed = RecordMessage
        case _:
            needed = Listen
    return NO_WORDS if isinstance(pending, needed) else waiting_for(call)


def waiting_for(call: TextCall) -> Worded:
    """What the call waits for, as a person reads it."""
    match call.pending:
        case Listen():
            return worded('step "{step}" waits for the caller', step=call.step)
        case Enqueue(queue=queue):
            return worded(
                'the caller waits in the queue "{queue}"; write how that ends, queue: …',
                queue=queue,
            )
        case Transfer(target=target):
            return worded(
                "the call is given to {target}; write how that ends, transfer: …", target=target
            )
        case RecordMessage():
            return worded("a message is recorded; write message: recorded, or message: empty")
        case HangUp(reason=reason):
            return worded("the call has ended ({reason})", reason=reason)
    return worded("the call waits for nothing")


def do(call: TextCall, doing: Doing) -> None:
    """Let it happen."""
    match doing:
        case Says(n_best, confidence, None):
            call.says(*n_best, confidence=confidence)
        case Says(n_best, confidence, share):
            call.says(*n_best, confidence=confidence, over_prompt=True, prompt_heard=share or 0.0)
        case Presses(keys):
            call.presses(keys)
        case IsSilent(times):
            call.is_silent(times)
        case HandoverEnds(outcome=outcome):
            call.comes_back(outcome)
        case MessageEnds(recorded):
            call.leaves_message(recorded=recorded)
        case CrmTurns(away):
            call.crm_away = away
        case ClockTurns(at):
            call.clock = datetime.fromisoformat(at)
        case OutsideTurns(takes_s):
            call.outside.update(takes_s)


def described(doing: Doing | None) -> Worded:  # noqa: C901, PLR0911  one case an event
    """What the caller does, as a person reads it."""
    match doing:
        case None:
            return worded("the call was answered")
        case Says(n_best):
            texts = reduce(
                lambda one, other: worded("{one}, or {other}", one=one, other=other),
                (plain(f'"{text}"') for text in n_best),
            )
            return worded("the caller said {texts}", texts=texts)
        case Presses(keys):
            return worded("the caller pressed {keys}", keys=keys)
        case IsSilent(times):
            if times > 1:
                return worded("the caller was silent {times} times", times=times)
            return worded("the caller was silent")
        case HandoverEnds(where, outcome):
            return worded("the {where} ended: {outcome}", where=where, outcome=outcome)
        case MessageEnds(recorded):
            return worded("a message was recorded") if recorded else worded("the message was empty")
        case CrmTurns(away):
            return worded("the CRM went away") if away else worded("the CRM came back")
        case ClockTurns(at):
            return worded("it was {at}", at=at)
        case OutsideTurns(takes_s):
            return together(
                (
                    worded("{what} can't be reached", what=what)
                    if seconds is None
                    else worded("{what} takes {seconds} s", what=what, seconds=f"{seconds:g}")
                    for what, seconds in takes_s.items()
                ),
                ", ",
            )


def _can(doing: Doing) -> Worded:
    match doing:
        case HandoverEnds(where):
            return worded("a {where} can end", where=where)
        case MessageEnds():
            return worded("a message can be recorded")
        case _:
            return worded("the caller can do something")


# ------------------------------------------------------------------ what must come of it


def _differences(
    expected: Expected, call: TextCall, heard: str, did: tuple[str, ...]
) -> list[Difference]:
    now = _plain(heard)
    found = [
        Difference(
            worded('to hear "{text}"', text=text), plain(f'"{heard}"') if heard else NOTHING_HEARD
        )
        for text in expected.hears
        if _plain(text) not in now
    ]
    found += [
        Difference(worded('not to hear "{text}"', text=text), plain(f'"{heard}"'))
        for text in expected.hears_not
        if _plain(text) in now
    ]
    found += _named(worded("step"), expected.step, call.step)
    found += _named(worded("language"), expected.language, call.state.language)
    for name, value in expected.slots.items():
        got = call.state.variables.get(name)
        shown = None if got is None or got == "" else str(got)
        if isinstance(got, bool):
            shown = str(got).lower()
        if shown != value:
            found.append(Difference(_shown(name, value), _shown(name, shown)))
    pending = call.pending
    queue = pending.queue if isinstance(pending, Enqueue) else ""
    target = pending.target if isinstance(pending, Transfer) else ""
    mailbox = pending.mailbox if isinstance(pending, RecordMessage) else ""
    for what, wanted, got in (
        (worded("queue"), expected.queued, queue),
        (worded("transfer to"), expected.transferred, target),
        (worded("message for"), expected.recording, mailbox),
    ):
        if wanted and wanted != got:
            said = _of(what, got) if got else waiting_for(call)
            found.append(Difference(_of(what, wanted), said))
    if expected.did and expected.did != did:
        done = worded("did {acts}", acts=", ".join(did)) if did else worded("nothing was done")
        found.append(Difference(worded("did {acts}", acts=", ".join(expected.did)), done))
    return found + _ending(expected, call)


def _named(what: Worded, wanted: str, got: str) -> list[Difference]:
    if not wanted or wanted == got:
        return []
    return [Difference(_of(what, wanted), _of(what, got))]


def _of(what: Worded, name: str) -> Worded:
    return worded('{what} "{name}"', what=what, name=name)


def _ending(expected: Expected, call: TextCall) -> list[Difference]:
    wanted = expected.ended
    ended = isinstance(call.pending, HangUp)
    if wanted is None or wanted == (call.ended if isinstance(wanted, str) else ended):
        return []
    if wanted is False:
        return [Difference(worded("the call to go on"), waiting_for(call))]
    to_end = worded("the call to end")
    if isinstance(wanted, str):
        to_end = worded('the call to end for the reason "{reason}"', reason=wanted)
    return [Difference(to_end, waiting_for(call))]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _shown(name: str, value: str | None) -> Worded:
    if value is None:
        return worded("{name} without a value", name=name)
    return plain(f'{name} = "{value}"')
