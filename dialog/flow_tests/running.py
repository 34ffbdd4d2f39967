"""Runs a test: no audio, no clock, so a call of minutes takes milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

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

Hear = Callable[[Says, str], Says]
"""What the recognizer makes of words, given the call's language."""
NOTHING_HEARD = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected and what was so instead, as a person reads it."""

    expected: str
    got: str


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
    did: str
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
            differences.append(Difference(f"that {_can(doing)}", reason))
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
            differences.append(Difference("no fault", fault.text))
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


def unfit(call: TextCall, doing: Doing) -> str:
    """Why this can't happen now, or nothing."""
    pending = call.pending
    if isinstance(pending, HangUp):
        return f"the call has ended ({pending.reason})"
    needed: type | tuple[type, ...]
    match doing:
        case CrmTurns() | ClockTurns() | OutsideTurns():
            return ""
        case HandoverEnds(where="queue"):
            needed = Enqueue
        case HandoverEnds():
            needed = Transfer
        case MessageEnds():
            needed = RecordMessage
        case _:
            needed = Listen
    return "" if isinstance(pending, needed) else waiting_for(call)


def waiting_for(call: TextCall) -> str:
    """What the call waits for, as a person reads it."""
    match call.pending:
        case Listen():
            return f'step "{call.step}" waits for the caller'
        case Enqueue(queue=queue):
            return f'the caller waits in the queue "{queue}"; write how that ends, queue: …'
        case Transfer(target=target):
            return f"the call is given to {target}; write how that ends, transfer: …"
        case RecordMessage():
            return "a message is recorded; write message: recorded, or message: empty"
        case HangUp(reason=reason):
            return f"the call has ended ({reason})"
    return "the call waits for nothing"


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


def described(doing: Doing | None) -> str:  # noqa: PLR0911  one case an event
    """What the caller does, as a person reads it."""
    match doing:
        case None:
            return "the call was answered"
        case Says(n_best):
            return "the caller said " + ", or ".join(f'"{text}"' for text in n_best)
        case Presses(keys):
            return f"the caller pressed {keys}"
        case IsSilent(times):
            return "the caller was silent" + (f" {times} times" if times > 1 else "")
        case HandoverEnds(where, outcome):
            return f"the {where} ended: {outcome}"
        case MessageEnds(recorded):
            return "a message was recorded" if recorded else "the message was empty"
        case CrmTurns(away):
            return "the CRM went away" if away else "the CRM came back"
        case ClockTurns(at):
            return f"it was {at}"
        case OutsideTurns(takes_s):
            return ", ".join(
                f"{what} can't be reached" if seconds is None else f"{what} takes {seconds:g} s"
                for what, seconds in takes_s.items()
            )


def _can(doing: Doing) -> str:
    match doing:
        case HandoverEnds(where):
            return f"a {where} can end"
        case MessageEnds():
            return "a message can be recorded"
        case _:
            return "the caller can do something"


# ------------------------------------------------------------------ what must come of it


def _differences(
    expected: Expected, call: TextCall, heard: str, did: tuple[str, ...]
) -> list[Difference]:
    now = _plain(heard)
    found = [
        Difference(f'to hear "{text}"', f'"{heard}"' if heard else NOTHING_HEARD)
        for text in expected.hears
        if _plain(text) not in now
    ]
    found += [
        Difference(f'not to hear "{text}"', f'"{heard}"')
        for text in expected.hears_not
        if _plain(text) in now
    ]
    found += _named("step", expected.step, call.step)
    found += _named("language", expected.language, call.state.language)
    for name, value in expected.slots.items():
        got = call.state.variables.get(name)
        shown = None if got is None or got == "" else str(got)
        if isinstance(got, bool):
            shown = str(got).lower()
        if shown != value:
            found.append(Difference(f"{name} {_shown(value)}", f"{name} {_shown(shown)}"))
    pending = call.pending
    queue = pending.queue if isinstance(pending, Enqueue) else ""
    target = pending.target if isinstance(pending, Transfer) else ""
    mailbox = pending.mailbox if isinstance(pending, RecordMessage) else ""
    for what, wanted, got in (
        ("queue", expected.queued, queue),
        ("transfer to", expected.transferred, target),
        ("message for", expected.recording, mailbox),
    ):
        if wanted and wanted != got:
            said = f'{what} "{got}"' if got else waiting_for(call)
            found.append(Difference(f'{what} "{wanted}"', said))
    if expected.did and expected.did != did:
        got = f"did {', '.join(did)}" if did else "nothing was done"
        found.append(Difference(f"did {', '.join(expected.did)}", got))
    return found + _ending(expected, call)


def _named(what: str, wanted: str, got: str) -> list[Difference]:
    if not wanted or wanted == got:
        return []
    return [Difference(f'{what} "{wanted}"', f'{what} "{got}"')]


def _ending(expected: Expected, call: TextCall) -> list[Difference]:
    wanted = expected.ended
    ended = isinstance(call.pending, HangUp)
    if wanted is None or wanted == (call.ended if isinstance(wanted, str) else ended):
        return []
    if wanted is False:
        return [Difference("the call to go on", waiting_for(call))]
    reason = f' for the reason "{wanted}"' if isinstance(wanted, str) else ""
    return [Difference(f"the call to end{reason}", waiting_for(call))]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _shown(value: str | None) -> str:
    return "without a value" if value is None else f'= "{value}"'
