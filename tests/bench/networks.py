"""Conversations over networks as they are: `python -m tests.bench networks`.

For each condition three callers say turns of real phone calls and one says digit strings, all at
once, over a network that is as bad in both directions. What was understood is read from the call's
own log, what arrived from its recording, what the caller hears from the phone.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from tests.bench.conversation import Caller, Turn
from tests.bench.figures import RESULTS, Conversation, console, ms, percentile, report
from tests.bench.machine import settle
from tests.bench.records import Record, Records
from tests.bench.speech import FRAME, RATE_HZ, PlannedTurn, Utterance, load_utterances, plan_calls
from tests.bench.system import System
from tests.bench.talk import hold
from tests.bench.word_errors import normal, word_error_rate
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import EventKind
from voxdesk.testing.bad_network import Impairments
from voxdesk.testing.signal_checks import share_heard
from voxdesk.testing.softphone import Softphone

TALKERS = 3
BURST = 4.0  # packets, 80 ms
CONDITIONS: Mapping[str, Impairments] = {
    "perfect": Impairments(),
    "1% lost": Impairments(loss_share=0.01),
    "5% lost": Impairments(loss_share=0.05),
    "10% lost": Impairments(loss_share=0.10),
    "1% in bursts": Impairments(loss_share=0.01, burst_packets=BURST),
    "5% in bursts": Impairments(loss_share=0.05, burst_packets=BURST),
    "10% in bursts": Impairments(loss_share=0.10, burst_packets=BURST),
    "60 ms jitter": Impairments(jitter_ms=60),
    "5% overtaken": Impairments(reorder_share=0.05),
    "5% twice": Impairments(duplicate_share=0.05),
    "3 s outage": Impairments(outage_after_s=15.0, outage_s=3.0),
}
_BEFORE_S, _AFTER_S = 0.5, 1.0
_PART_S = 0.25
_REPLY_S = 6.0


@dataclass(frozen=True, slots=True)
class Condition:
    """What one network did.

    Attributes:
        word_errors: percent, of the telephone turns.
        digits_right: percent of the digit strings.
        line_lost: percent of the caller's packets that the line counts as lost.
        phone_lost: percent of our packets that the caller never got.
        arrived: percent of the caller's speech, in quarters of a second, that is in the recording
            much as it was said (correlation of 0.8 and more).
        heard: the same of our replies, as a phone without concealment hears them.
    """

    completed: str
    turns: int
    word_errors: float
    digits_right: int | None
    v2v_p50_ms: int | None
    v2v_p95_ms: int | None
    cut_off: int
    missed: int
    line_lost: float
    phone_lost: float
    arrived: int | None
    heard: int | None
    others_cpu: int
    late_p99_ms: int


async def measure(
    system: System, *, turns: int, names: Sequence[str], resume: bool, seconds: float
) -> None:
    """Each condition in turn; what is done is kept, and `resume` goes on after it."""
    if system.state_dir is None:
        raise SystemExit("networks: needs a system of its own; its call log is read.")
    await settle(system.pids)
    path = RESULTS / "networks-partial.json"
    rows: dict[str, dict[str, Any]] = (
        json.loads(path.read_text()) if resume and path.is_file() else {}
    )
    records = Records(system.state_dir)
    reply = await record_reply(system)
    records.new(events=False)
    RESULTS.mkdir(exist_ok=True)
    for name in names or CONDITIONS:
        if name in rows:
            continue
        console.print(f"networks: {name} …", highlight=False)
        found = await measure_one(
            system, records, CONDITIONS[name], reply=reply, turns=turns, seconds=seconds
        )
        rows[name] = asdict(found)
        path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    records.close()
    report("networks", rows, notes=[f"{TALKERS} callers with turns, 1 with digits, at once"])


async def record_reply(system: System) -> Pcm:
    """How the flow's one reply sounds over a perfect network."""
    said = load_utterances()[0]
    async with await Softphone.open(user="bench") as phone:
        call = await phone.call(system.uri("cached"), caller="+15550100000")
        await call.answered(10.0)
        await call.hears_prompt(30.0, since_s=call.answered_s)
        playing = await call.say_all(said.pcm)
        heard = await call.hears_prompt(30.0, since_s=playing.sent_s[said.last])
        await call.hang_up()
    return heard.pcm


async def measure_one(
    system: System,
    records: Records,
    network: Impairments,
    *,
    reply: Pcm,
    turns: int,
    seconds: float,
) -> Condition:
    """All callers of one condition."""
    talk_plans = plan_calls(load_utterances(("spokenwoz",)), TALKERS, turns, 0)
    strings = load_utterances(("fsdd",), longest_s=9.0)
    digit_plan = plan_calls(strings, 1, turns, 0)[0]
    ways = [replace(network, both_ways=True, seed=number) for number in range(TALKERS + 1)]
    talk = await hold(
        system,
        ("cached",) * TALKERS + ("digits",),
        [*talk_plans, digit_plan],
        starts_s=[1.5 * number for number in range(TALKERS + 1)],
        longest_s=seconds,
        networks=ways,
        keep_pcm=True,
    )
    await system.at_rest()
    for failure in talk.failures:
        console.print(f"  {failure}", highlight=False)
    by_caller = {record.caller: record for record in records.new()}
    pairs, right, digits = [], 0, 0
    arrived: list[float] = []
    heard: list[float] = []
    sent = lost = 0
    for caller in talk.callers:
        record = by_caller.get(f"+1555010{caller.number:04}")
        sent += caller.call.stream.sent_packets
        if record is None:
            continue
        lost += record.lost_frames
        plan = digit_plan if caller.number == TALKERS else talk_plans[caller.number]
        if caller.number == TALKERS:
            digits += len(caller.turns)
            right += sum(_digits_right(caller, record, plan))
        else:
            pairs += list(_said_and_heard(caller, record, plan))
            heard += _replies_heard(caller, reply)
        arrived += _arrived(caller, record, plan)
    talked = talk.turns
    figures = Conversation.of(talked)
    packets = sum(each.packets for each in talk.reception)
    phone_lost = sum(each.lost for each in talk.reception)
    return Condition(
        completed=f"{sum(not each.failure for each in talk.callers)}/{TALKERS + 1}",
        turns=figures.turns,
        word_errors=round(word_error_rate(pairs), 1),
        digits_right=round(100 * right / digits) if digits else None,
        v2v_p50_ms=figures.v2v_p50_ms,
        v2v_p95_ms=figures.v2v_p95_ms,
        cut_off=figures.cut_off,
        missed=figures.missed,
        line_lost=_percent(lost, sent),
        phone_lost=_percent(phone_lost, packets + phone_lost),
        arrived=_mean_percent(arrived),
        heard=_mean_percent(heard),
        others_cpu=round(talk.usage.others_cpu_percent),
        late_p99_ms=ms(percentile(talk.lateness_s, 0.99)) or 0,
    )


def _windows(caller: Caller) -> Iterable[tuple[Turn, float, float]]:
    """Each turn and the stretch of the call, in ms since answer, in which its words may begin."""
    starts = [turn.t_start for turn in caller.turns] + [math.inf]
    for turn, following in zip(caller.turns, starts[1:], strict=False):
        begin = (turn.t_start - _BEFORE_S - caller.call.answered_s) * 1000
        yield turn, begin, (following - _BEFORE_S - caller.call.answered_s) * 1000


def _said_and_heard(
    caller: Caller, record: Record, plan: Sequence[PlannedTurn]
) -> Iterable[tuple[str, str]]:
    """What was said and what was understood; a turn that was cut in two is put together."""
    for turn, begin_ms, end_ms in _windows(caller):
        texts = [
            str(data.get("text", ""))
            for data in record.seen(EventKind.HEARD)
            if begin_ms <= float(data.get("speech_start_ms", -1)) < end_ms
        ]
        yield plan[turn.number].utterance.text, " ".join(texts)


def _digits_right(caller: Caller, record: Record, plan: Sequence[PlannedTurn]) -> Iterable[bool]:
    """Whether each string was taken for what it was, at the first try."""
    begins_ms = -1.0
    understood: list[tuple[float, str]] = []
    for kind, data in record.events:
        if kind == EventKind.HEARD.value:
            begins_ms = float(data.get("speech_start_ms", -1))
        elif kind == EventKind.UNDERSTOOD.value:  # what was heard last
            understood.append((begins_ms, str(data.get("value"))))
    for turn, begin_ms, end_ms in _windows(caller):
        wanted = "".join(normal(plan[turn.number].utterance.text))
        found = [value for at_ms, value in understood if begin_ms <= at_ms < end_ms]
        yield bool(found) and found[0] == wanted


def _replies_heard(caller: Caller, reply: Pcm) -> list[float]:
    heard = caller.call.heard
    shares = []
    for turn in caller.turns:
        if turn.voice_to_voice_s is None or turn.cut_off:
            continue
        first_s = turn.t_end + turn.voice_to_voice_s
        part = heard.between(first_s - _BEFORE_S, first_s + _REPLY_S).pcm
        shares.append(share_heard(reply, part, RATE_HZ, part_s=_PART_S))
    return shares


def _arrived(caller: Caller, record: Record, plan: Sequence[PlannedTurn]) -> list[float]:
    recording = record.heard_from_caller()
    shares = []
    for turn in caller.turns:
        said = _speech_of(plan[turn.number].utterance)
        begin = round((turn.t_start - _BEFORE_S - caller.call.answered_s) * RATE_HZ)
        part = recording[
            max(0, begin) : begin + len(said) + round((_BEFORE_S + _AFTER_S) * RATE_HZ)
        ]
        shares.append(share_heard(said, part, RATE_HZ, part_s=_PART_S))
    return shares


def _speech_of(utterance: Utterance) -> Pcm:
    return utterance.pcm[utterance.first * FRAME : (utterance.last + 1) * FRAME]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _mean_percent(shares: Sequence[float]) -> int | None:
    return round(100 * float(np.mean(shares))) if shares else None
