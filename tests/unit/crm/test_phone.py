"""One customer is found however their number is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.customers.phone import PLANS, normalize_phone, plan_of
from voxdesk.kernel.errors import SettingsError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("country", "spelling", "canonical"),
    [
        ("DE", "+49 30 123456", "+4930123456"),
        ("DE", "0049 30 123456", "+4930123456"),
        ("DE", "030 / 12 34-56", "+4930123456"),
        ("DE", "+49 (0)30 123456", "+4930123456"),
        ("DE", "4930123456789", "+4930123456789"),
        ("DE", "tel:+4930123456;phone-context=x", "+4930123456"),
        ("DE", "sip:+4930123456@example.org:5060", "+4930123456"),
        ("US", "(212) 555-0100", "+12125550100"),
        ("US", "1 212 555 0100", "+12125550100"),
        ("US", "011 49 30 123456", "+4930123456"),
        ("US", "+15550100", "+15550100"),
        ("US", "15550100", "+15550100"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("CN", "138 0013 8000", "+8613800138000"),
        ("CN", "010 6552 9988", "+861065529988"),
        ("CN", "+86 138 0013 8000", "+8613800138000"),
        ("IT", "066982", "066982"),
        ("IT", "06 698 12345", "+390669812345"),
        ("HU", "06 1 234 5678", "+3612345678"),
        ("RU", "8 495 123-45-67", "+74951234567"),
        ("KR", "02-312-3456", "+8223123456"),
        ("+351", "21 123 4567", "+351211234567"),
        ("US", "１（２１２）５５５－０１００", "+12125550100"),  # noqa: RUF001  as typed with an East Asian keyboard
        ("US", "1001", "1001"),
        ("US", "anonymous", None),
        ("US", "alice", None),
        ("US", "", None),
        ("US", "+1234567890123456", None),
        ("US", "+0123456789", None),
    ],
)
def test_spellings(country: str, spelling: str, canonical: str | None) -> None:

    assert normalize_phone(spelling, plan_of(country)) == canonical


@given(st.text(max_size=40), st.sampled_from(sorted(PLANS)))
def test_a_canonical_number_stays_as_it_is(raw: str, country: str) -> None:
    once = normalize_phone(raw, plan_of(country))
    if once is not None:
        assert normalize_phone(once, plan_of(country)) == once
        assert once.isascii()


@given(st.integers(10**7, 10**13), st.sampled_from(sorted(PLANS)))
def test_a_number_with_plus_is_the_same_in_every_country(digits: int, country: str) -> None:
    assert normalize_phone(f"+{digits}", plan_of(country)) == f"+{digits}"
    assert normalize_phone(f"00{digits}", plan_of("DE")) == f"+{digits}"


def test_an_unknown_country_shows_what_is_right() -> None:
    with pytest.raises(SettingsError, match=r'"Atlantis".*DE.*"\+49"'):
        plan_of("Atlantis")
