import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import numpy as np
import pytest

from telephony.legs import AudioReceived, Digit, Ended, Leg, LegEvent
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, level_dbfs
from voxdesk.kernel.call import UtteranceId
from voxdesk.testing.fake_legs import FakeNetwork
from voxdesk.testing.scripted_person import ScriptedPerson, ScriptFailed
from voxdesk.testing.scripted_steps import HangUp, Hear, Interrupt, Press, Say, Stay, Step

pytestmark = pytest.mark.unit


def sound(seconds: float) -> Pcm:
    rng = np.random.default_rng(1)
    return (rng.normal(size=round(seconds * SAMPLE_RATE_HZ)) * 3000).astype(np.int16)


class Machine:
    """Answers, plays what it is told, and notes what it hears."""

    def __init__(self, prompts: Mapping[float, float], *, stops_for_speech: bool = False) -> None:
        self.heard_at_s: list[float] = []
        self.keys: list[str] = []
        self.ended: Ended | None = None
        self._prompts = dict(prompts)  # start, seconds since answer: length
        self._stops = stops_for_speech
        self._leg: Leg | None = None

    def take(self, leg: Leg) -> None:
        self._leg = leg
        leg.listen(self._on_event)
        leg.answer()

    def hang_up(self) -> None:
        if self._leg is not None:
            self._leg.hangup()

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case AudioReceived(heard):
                now_s = heard.end_s
                for start_s in [s for s in self._prompts if s <= now_s]:
                    pcm = sound(self._prompts.pop(start_s))
                    if self._leg is not None:
                        self._leg.play(UtteranceId(round(start_s * 1000)), pcm, last=True)
                if level_dbfs(heard.pcm) > -45:
                    self.heard_at_s.append(now_s)
                    if self._stops and self._leg is not None:
                        self._leg.clear(UtteranceId(0))
            case Digit(digit):
                self.keys.append(digit)
            case Ended():
                self.ended = event


def perform(
    machine: Machine, steps: tuple[Step, ...], *, seconds: float = 60.0
) -> list[tuple[float, str, Mapping[str, Any]]]:
    """Run a script against the machine in virtual time; what was narrated."""
    told: list[tuple[float, str, Mapping[str, Any]]] = []

    async def scenario() -> None:
        network = FakeNetwork()
        here, there = network.lines("phone"), network.lines("ivr")
        there.on_incoming(machine.take)
        person = ScriptedPerson(
            here.dial("sip:shop@ivr"),
            lambda at_s, action, details: told.append((at_s, action, details)),
            {"hello": sound(1.0)},
        )

        async def call() -> None:
            await person.answered(5.0)
            await person.perform(steps)

        await _while_time_passes(network, call, seconds)

    asyncio.run(scenario())
    return told


async def _while_time_passes(
    network: FakeNetwork, work: Callable[[], Awaitable[None]], seconds: float
) -> None:
    task = asyncio.ensure_future(work())
    passed_s = 0.0
    while not task.done() and passed_s < seconds:
        await network.run_async(0.2)
        passed_s += 0.2
    assert task.done(), "the script neither ended nor failed"
    await network.run_async(0.2)
    await task


def test_nothing_is_said_before_the_machine_has_finished() -> None:
    machine = Machine({0.0: 2.0})

    perform(machine, (Hear(pause_s=0.8), Say("hello"), HangUp()))

    assert machine.heard_at_s[0] == pytest.approx(3.0, abs=0.2)
    assert len(machine.heard_at_s) == 50
    assert machine.ended is not None


def test_a_prompt_is_interrupted_in_its_middle_and_the_silence_noticed() -> None:
    machine = Machine({0.0: 8.0}, stops_for_speech=True)

    told = perform(machine, (Interrupt("hello", after_s=1.5), HangUp()))

    assert machine.heard_at_s[0] == pytest.approx(1.6, abs=0.1)
    assert [action for _, action, _ in told if "silence" in action]


def test_keys_arrive_in_order() -> None:
    machine = Machine({0.0: 1.0})

    perform(machine, (Hear(), Press("12#"), HangUp()))

    assert machine.keys == ["1", "2", "#"]


def test_what_is_heard_before_our_own_words_is_not_taken_for_their_answer() -> None:
    machine = Machine({0.0: 1.0, 5.0: 1.0})

    told = perform(machine, (Hear(), Say("hello"), Hear("the answer"), HangUp()))

    answers = [at_s for at_s, action, details in told if "the answer" in str(details)]
    assert answers == [pytest.approx(6.9, abs=0.2)]


def test_a_wait_that_runs_out_says_for_what() -> None:
    with pytest.raises(ScriptFailed, match=r"step 1 \(Hear\): waited 4 s in vain for the machine"):
        perform(Machine({}), (Hear(timeout_s=4.0),))
    with pytest.raises(ScriptFailed, match="something to interrupt"):
        perform(Machine({}), (Interrupt("hello", after_s=1.0, timeout_s=3.0),))
    with pytest.raises(ScriptFailed, match="the other side to hang up"):
        perform(Machine({}), (Stay(timeout_s=3.0),))


def test_what_needs_not_be_heard_is_not_waited_for_longer_than_told() -> None:
    machine = Machine({})

    perform(machine, (Hear(timeout_s=2.0, required=False), Say("hello"), HangUp()))

    assert machine.heard_at_s[0] == pytest.approx(2.3, abs=0.2)


def test_a_call_that_ends_early_fails_the_script() -> None:
    machine = Machine({0.0: 1.0})

    async def scenario() -> None:
        network = FakeNetwork()
        network.lines("ivr").on_incoming(machine.take)
        person = ScriptedPerson(network.lines("phone").dial("sip:shop@ivr"), lambda *_: None)

        async def call() -> None:
            await person.answered(5.0)
            machine.hang_up()
            await person.perform((Hear(pause_s=5.0),))

        await _while_time_passes(network, call, 20.0)

    with pytest.raises(ScriptFailed, match="the call ended"):
        asyncio.run(scenario())


def test_nobody_there_is_said() -> None:
    async def scenario() -> None:
        network = FakeNetwork()
        person = ScriptedPerson(network.lines("phone").dial("sip:a@nowhere"), lambda *_: None)
        await _while_time_passes(network, lambda: person.answered(5.0), 10.0)

    with pytest.raises(ScriptFailed, match="SIP 404"):
        asyncio.run(scenario())
