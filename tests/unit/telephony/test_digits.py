import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.line.digits import DigitGate

pytestmark = pytest.mark.unit

keys = st.text("0123456789*#", max_size=30)


def through(reports: list[tuple[str, str, float]]) -> str:
    gate = DigitGate()
    return "".join(d for d, method, at_s in reports if gate.accept(d, method, at_s))


@given(keys, st.sampled_from(["rfc4733", "info"]))
def test_keys_by_one_method_all_pass_however_fast(pressed: str, method: str) -> None:
    assert through([(key, method, 0.08 * i) for i, key in enumerate(pressed)]) == pressed


@given(pressed=keys, lag_s=st.floats(0.0, 0.9), info_first=st.booleans())
def test_keys_by_both_methods_pass_once(pressed: str, lag_s: float, *, info_first: bool) -> None:
    first, second = ("info", "rfc4733") if info_first else ("rfc4733", "info")
    reports = [(key, first, 0.2 * i) for i, key in enumerate(pressed)]
    reports += [(key, second, 0.2 * i + lag_s) for i, key in enumerate(pressed)]

    assert through(sorted(reports, key=lambda report: report[2])) == pressed


def test_the_same_key_by_another_method_much_later_is_a_new_press() -> None:
    assert through([("1", "rfc4733", 0.0), ("1", "info", 2.5)]) == "11"


def test_keys_beyond_what_any_machine_dials_are_dropped() -> None:
    gate = DigitGate()
    through_s = [n / 1000 for n in range(10_000) if gate.accept("5", "rfc4733", n / 1000)]

    assert 200 <= len(through_s) <= 300
    assert gate.accept("7", "rfc4733", 20.0), "afterwards it works as before"
