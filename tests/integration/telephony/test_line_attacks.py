"""Strangers and nonsense at a line: a call that goes on doesn't notice, and afterwards all is free.

The same attacks, longer, with more of them and with figures: `python -m tests.chaos`.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from telephony.line import kernel_filter
from tests.chaos import dialog_attacks, rtp_attacks, sip_attacks
from tests.chaos.house import House
from tests.chaos.report import Outcome

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

Attack = Callable[[House], Awaitable[Outcome | list[Outcome]]]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.fixture(scope="module")
def attacked(runner: asyncio.Runner) -> Iterator[Callable[[Attack], list[Outcome]]]:
    """Runs an attack on a line that all tests here share: it has to last."""
    house = House(ack_timeout_s=1.5, ring_timeout_s=1.5)
    runner.run(house.__aenter__())

    def run(attack: Attack) -> list[Outcome]:
        outcome = runner.run(_awaited(attack(house)))
        return outcome if isinstance(outcome, list) else [outcome]

    yield run
    assert house.crashes == 0, house.said()
    assert not house.said(), "the line had something to complain about"
    runner.run(house.__aexit__(None, None, None))


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work


def held(outcomes: list[Outcome]) -> bool:
    for outcome in outcomes:
        assert not outcome.faults, (outcome.attack, outcome.faults, outcome.figures)
    return bool(outcomes)


def test_broken_messages_crash_nothing_and_leave_nothing_behind(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    assert held(attacked(lambda house: sip_attacks.fuzz(house, count=2_500, rate=1_500)))


def test_a_request_whose_cseq_names_another_method_does_no_harm(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    """pjsip itself aborts at one, when its transaction has been acknowledged."""
    assert held(attacked(sip_attacks.odd_methods))


def test_a_scanner_that_floods_is_shut_out_and_a_new_caller_is_answered(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    outcomes = attacked(
        lambda house: sip_attacks.flood(house, "INVITE", rate=1_000, seconds=4.0, net=41)
    )

    assert held(outcomes)
    [outcome] = outcomes
    assert sum(outcome.figures["answers"].values()) < 1_000, "it was answered all the time"
    assert outcome.figures["calls that reached the engine"] < 12


def test_what_nobody_asked_for_is_refused_and_costs_no_memory(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    assert held(attacked(lambda house: sip_attacks.unserved(house, count=500, rate=1_000, first=1)))


def test_slots_come_free_that_strangers_took_and_left(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    names = ("left while it rings", "one Call-ID, other tags and branches")
    outcomes = attacked(lambda house: sip_attacks.abandoned(house, names))

    assert held(outcomes)
    assert [outcome.figures["slots taken"] for outcome in outcomes] == [4, 4]


@pytest.mark.parametrize(
    ("host", "silent"), [(rtp_attacks.STRANGER, False), (rtp_attacks.HOST, True)]
)
def test_a_stranger_neither_speaks_into_a_call_nor_hears_it(
    attacked: Callable[[Attack], list[Outcome]], host: str, *, silent: bool
) -> None:
    assert held(
        attacked(lambda house: rtp_attacks.injection(house, host=host, silent=silent, seconds=1.5))
    )


def test_a_caller_who_types_without_end_keeps_nobody_busy(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    assert held(attacked(lambda house: dialog_attacks.info_digits(house, rate=1_000, seconds=1.0)))


def test_nobody_makes_us_dial_or_takes_over_a_call(
    attacked: Callable[[Attack], list[Outcome]],
) -> None:
    assert held(attacked(dialog_attacks.refers))


def test_the_kernel_keeps_out_whom_we_do_not_listen_to() -> None:
    def udp(host: str) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((host, 0))
        sock.settimeout(1.0)
        return sock

    with (
        udp("127.0.0.1") as ours,
        udp("127.0.0.10") as one,
        udp("127.0.0.10") as two,
        udp("127.0.0.66") as third,
    ):
        [(_, found)] = kernel_filter.own_sockets([ours.getsockname()]).items()

        def heard() -> set[str]:
            for name, sock in (("one", one), ("two", two), ("third", third)):
                sock.sendto(name.encode(), ours.getsockname())
            kernel_filter.detach(found)
            ours.sendto(b"over", ours.getsockname())
            names = iter(lambda: ours.recv(99).decode(), "over")
            return set(names)

        with found:
            kernel_filter.attach(found, kernel_filter.only_from("127.0.0.10"))
            assert heard() == {"one", "two"}
            kernel_filter.attach(found, kernel_filter.only_from(*one.getsockname()))
            assert heard() == {"one"}
            kernel_filter.attach(found, kernel_filter.all_but(["10.0.0.1", "127.0.0.10"]))
            assert heard() == {"third"}
            assert heard() == {"one", "two", "third"}
