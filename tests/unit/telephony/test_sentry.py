"""Whom a line listens to, and where its calls' audio may come from: rules without sockets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.line.latch import Latch, Rule
from telephony.line.patience import SOON_MS
from telephony.line.sentry import MAX_KEPT, Sentry, Verdict
from telephony.line.settings import LineSettings

pytestmark = pytest.mark.unit

DOOR, SCANNER, CUSTOMER = "127.0.0.1", "192.0.2.66", "192.0.2.10"
PHONE = ("8.8.4.4", 4000)


def packet(method: str, *, call_id: str = "one", to_tag: str = "") -> bytes:
    tag = f";tag={to_tag}" if to_tag else ""
    return (
        f"{method} sip:100@ivr SIP/2.0\r\nTo: <sip:100@ivr>{tag}\r\nCall-ID: {call_id}\r\n\r\n"
    ).encode()


def passed(sentry: Sentry, source: str, message: bytes, *, rate: float, seconds: float) -> int:
    moments = (n / rate for n in range(int(rate * seconds)))
    return sum(sentry.look(source, message, at_s) is Verdict.PASS for at_s in moments)


def test_a_scanner_is_shut_out_and_a_customer_is_not() -> None:
    sentry = Sentry()

    through = passed(sentry, SCANNER, packet("INVITE"), rate=1000, seconds=5)

    assert through < 300
    assert sentry.shut_out == {SCANNER}
    assert sentry.look(CUSTOMER, packet("INVITE"), 5.0) is Verdict.PASS


def test_who_was_shut_out_is_heard_again_a_while_after() -> None:
    sentry = Sentry()
    passed(sentry, SCANNER, packet("OPTIONS"), rate=1000, seconds=1)

    sentry.tick(9.0)
    assert sentry.shut_out
    sentry.tick(12.0)

    assert not sentry.shut_out
    assert sentry.look(SCANNER, packet("OPTIONS"), 12.0) is Verdict.PASS


def test_the_front_door_is_held_to_no_rate_but_each_dialog_is() -> None:
    sentry = Sentry(frozenset({DOOR}))

    assert passed(sentry, DOOR, packet("INVITE"), rate=1000, seconds=5) == 5000
    digits = packet("INFO", call_id="mad", to_tag="x")
    assert passed(sentry, DOOR, digits, rate=1000, seconds=5) < 300
    assert sentry.look(DOOR, packet("BYE", call_id="other", to_tag="y"), 5.0) is Verdict.PASS
    assert not sentry.shut_out


def test_a_caller_in_a_call_is_never_shut_out() -> None:
    sentry = Sentry()
    sentry.took_call(CUSTOMER, 0.0)

    passed(sentry, CUSTOMER, packet("INVITE"), rate=1000, seconds=5)
    assert not sentry.shut_out
    assert sentry.look(CUSTOMER, packet("BYE", to_tag="x"), 5.0) is Verdict.PASS

    sentry.call_over(CUSTOMER, 5.0)
    passed(sentry, CUSTOMER, packet("INVITE"), rate=1000, seconds=5)
    assert sentry.shut_out == {CUSTOMER}


def test_who_never_acknowledges_four_times_in_a_row_is_shut_out() -> None:
    sentry = Sentry(frozenset({DOOR}))
    for _ in range(3):
        sentry.never_acknowledged(SCANNER, 0.0)
        sentry.never_acknowledged(CUSTOMER, 0.0)
    sentry.took_call(CUSTOMER, 1.0)
    for source in (SCANNER, CUSTOMER, DOOR, DOOR, DOOR, DOOR):
        sentry.never_acknowledged(source, 2.0)

    assert sentry.shut_out == {SCANNER}


@pytest.mark.parametrize(
    ("method", "to_tag", "verdict"),
    [
        ("SUBSCRIBE", "", Verdict.REFUSE),
        ("SUBSCRIBE", "x", Verdict.REFUSE),
        ("MESSAGE", "", Verdict.REFUSE),
        ("REFER", "", Verdict.REFUSE),
        ("NOTIFY", "", Verdict.REFUSE),
        ("BYE", "", Verdict.REFUSE),
        ("REFER", "x", Verdict.PASS),
        ("NOTIFY", "x", Verdict.PASS),
        ("BYE", "x", Verdict.PASS),
        ("OPTIONS", "", Verdict.PASS),
        ("invite", "", Verdict.DROP),
    ],
)
def test_what_a_line_serves(method: str, to_tag: str, verdict: Verdict) -> None:
    assert Sentry().look(CUSTOMER, packet(method, to_tag=to_tag), 0.0) is verdict


def test_many_sources_take_no_more_room_than_some() -> None:
    sentry = Sentry()
    for number in range(3 * MAX_KEPT):
        source, name = f"10.0.{number // 250}.{number % 250}", f"c{number}"
        sentry.look(source, packet("BYE", call_id=name, to_tag="x"), number / 100)

    assert len(sentry._sources) <= MAX_KEPT
    assert len(sentry._dialogs) <= MAX_KEPT


@given(st.binary(max_size=300))
def test_whatever_comes_is_judged(message: bytes) -> None:
    assert Sentry().look(CUSTOMER, message, 0.0) in Verdict


def test_a_slot_is_free_within_ten_seconds_whatever_its_caller_leaves_undone() -> None:
    usual = LineSettings()

    assert usual.ring_timeout_s < 10
    assert usual.ack_timeout_s + SOON_MS / 1000 < 10
    assert usual.react_timeout_s < 10


# ------------------------------------------------------------------ RTP


def test_a_call_listens_to_the_described_host_then_to_the_port_that_sends() -> None:
    latch = Latch(PHONE, PHONE[0], 0.0)
    assert latch.rule == Rule(PHONE[0])

    assert latch.look(PHONE, 5, 0.2) == Rule(*PHONE)
    assert latch.look(PHONE, 50, 5.0) == Rule(*PHONE)


def test_another_port_of_the_host_must_wait_for_the_described_one() -> None:
    other = (PHONE[0], 9999)
    latch = Latch(PHONE, PHONE[0], 0.0)

    assert latch.look(other, 5, 0.2) == Rule(PHONE[0])
    assert latch.look(other, 60, 1.2) == Rule(*other)


def test_a_caller_behind_nat_is_heard_from_where_its_signalling_comes_from() -> None:
    latch = Latch(("192.168.1.5", 4000), "8.8.8.8", 0.0)
    assert latch.rule == Rule("8.8.8.8")

    latch.look(("8.8.8.8", 61000), 5, 0.2)
    assert latch.look(("8.8.8.8", 61000), 60, 1.2) == Rule("8.8.8.8", 61000)


def test_when_nothing_comes_from_there_the_first_who_sends_is_taken_and_no_other() -> None:
    latch = Latch(("192.168.1.5", 4000), "8.8.8.8", 0.0)
    assert latch.look(None, 0, 0.5) == Rule()

    relay = ("203.0.113.9", 20000)
    assert latch.look(relay, 10, 0.7) == Rule(*relay)
    assert latch.look(relay, 10, 60.0) == Rule(relay[0]), "its port may change; its host may not"


def test_a_packet_that_slips_in_from_elsewhere_at_first_leaves_nobody_deaf() -> None:
    latch = Latch(("192.168.1.5", 4000), "127.0.0.1", 0.0)
    elsewhere = ("127.0.0.1", 20000)

    assert latch.look(elsewhere, 1, 0.2) == Rule("192.168.1.5")
    assert latch.look(elsewhere, 1, 0.7) == Rule(), "the rule kept all others out"
    assert latch.look(elsewhere, 9, 0.9) == Rule(*elsewhere)


@pytest.mark.parametrize(
    ("signalled", "opens_after_s"), [("10.0.0.9", 4.0), ("127.0.0.1", 0.4), ("10.0.0.7", 4.0)]
)
def test_a_private_address_is_believed_at_first_unless_signalling_comes_from_outside(
    signalled: str, opens_after_s: float
) -> None:
    latch = Latch(("10.0.0.7", 4000), signalled, 0.0)

    assert latch.rule == Rule("10.0.0.7")
    assert latch.look(None, 0, opens_after_s - 0.1) == Rule("10.0.0.7")
    assert latch.look(None, 0, opens_after_s + 0.1) == Rule()


def test_an_address_that_says_nothing_lets_anybody_begin() -> None:
    assert Latch(("0.0.0.0", 4000), "", 0.0).rule == Rule()  # noqa: S104


def test_a_silent_caller_whose_address_is_sure_is_not_replaced_at_once() -> None:
    latch = Latch(PHONE, PHONE[0], 0.0)

    assert latch.look(None, 0, 3.0) == Rule(PHONE[0])
    assert latch.look(None, 0, 4.5) == Rule()
