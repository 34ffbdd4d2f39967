"""Phone numbers in one canonical spelling, by plain rules.

Canonical is E.164 with its plus ("+4930123456"), or the bare digits of a short internal number
("1001"). The rules are those of ITU-T E.164 and of each country's dialling plan for its
international and trunk prefix; whether a number exists is not their business.
"""

import re
import unicodedata
from dataclasses import dataclass

from voxdesk.kernel.errors import SettingsError

_INTERNAL_DIGITS = 6  # up to here a number without prefix is an extension of the house
_NATIONAL_DIGITS = 10  # the usual longest without trunk prefix
_SHORTEST_DIGITS = 7
_LONGEST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class DiallingPlan:
    """How a country's people write numbers.

    Attributes:
        calling_code: without the plus.
        trunk: what stands before a national number at home and is left out from abroad.
        international: what is dialled for the plus.
    """

    calling_code: str
    trunk: str = "0"
    international: str = "00"


_NANP = DiallingPlan("1", trunk="1", international="011")
# Countries whose rules differ from the common ones, and the common ones by calling code.
PLANS: dict[str, DiallingPlan] = {
    "US": _NANP,
    "CA": _NANP,
    "AU": DiallingPlan("61", international="0011"),
    "BR": DiallingPlan("55"),
    "CN": DiallingPlan("86"),
    "CZ": DiallingPlan("420", trunk=""),
    "DK": DiallingPlan("45", trunk=""),
    "ES": DiallingPlan("34", trunk=""),
    "GR": DiallingPlan("30", trunk=""),
    "HK": DiallingPlan("852", trunk="", international="001"),
    "HU": DiallingPlan("36", trunk="06"),
    "IT": DiallingPlan("39", trunk=""),  # its zero stays from abroad, too
    "JP": DiallingPlan("81", international="010"),
    "KR": DiallingPlan("82", international="001"),
    "MX": DiallingPlan("52", trunk=""),
    "NO": DiallingPlan("47", trunk=""),
    "PL": DiallingPlan("48", trunk=""),
    "PT": DiallingPlan("351", trunk=""),
    "RU": DiallingPlan("7", trunk="8", international="810"),
    "SG": DiallingPlan("65", trunk="", international="001"),
    "TW": DiallingPlan("886", international="002"),
} | {
    country: DiallingPlan(code)
    for country, code in {
        "AE": "971", "AR": "54", "AT": "43", "BE": "32", "CH": "41", "DE": "49", "EG": "20",
        "FI": "358", "FR": "33", "GB": "44", "ID": "62", "IE": "353", "IL": "972", "IN": "91",
        "MY": "60", "NL": "31", "NZ": "64", "PH": "63", "SE": "46", "TH": "66", "TR": "90",
        "UA": "380", "VN": "84", "ZA": "27",
    }.items()
}  # fmt: skip


def plan_of(country: str) -> DiallingPlan:
    """The plan of a country: "DE", or "+49" for one that isn't listed.

    Raises:
        SettingsError: neither.
    """
    if plan := PLANS.get(country.upper()):
        return plan
    if re.fullmatch(r"\+[1-9]\d{0,2}", country):
        return DiallingPlan(country[1:])
    raise SettingsError(
        f'"{country}" is no country whose phone numbers are known; known are '
        f'{", ".join(sorted(PLANS))}, or write the calling code, like "+49"'
    )


def normalize_phone(raw: str, plan: DiallingPlan) -> str | None:
    """The canonical spelling of a number as a phone, a network or a person gives it; or None.

    None is for what is no number: "anonymous", a SIP name, too many digits.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    text = re.sub(r"^(sips?|tel):", "", text, flags=re.IGNORECASE)
    text = re.split(r"[@;]", text, maxsplit=1)[0]
    text = text.replace("(0)", "")  # "+49 (0)30 …": for callers at home only
    text = re.sub(r"[\s().\-/\u2010-\u2015]", "", text)
    if not re.fullmatch(r"\+?[0-9]+", text):
        return None
    digits = _international_digits(text, plan)
    if digits is None:
        return text if len(text) <= _INTERNAL_DIGITS else None
    if not _SHORTEST_DIGITS <= len(digits) <= _LONGEST_DIGITS or digits.startswith("0"):
        return None
    return f"+{digits}"


def _international_digits(text: str, plan: DiallingPlan) -> str | None:
    """Digits with the calling code in front; None for an extension."""
    if text.startswith("+"):
        return text[1:]
    if len(text) <= _INTERNAL_DIGITS:
        return None
    # "00" is understood everywhere: networks pass numbers on in the spelling of another country.
    for prefix in (plan.international, "00"):
        if text.startswith(prefix):
            return text[len(prefix) :]
    if plan.trunk and text.startswith(plan.trunk):
        return plan.calling_code + text[len(plan.trunk) :]
    if plan.trunk and len(text) > _NATIONAL_DIGITS and text.startswith(plan.calling_code):
        return text  # a network that leaves the plus out; people here would begin with the trunk
    return plan.calling_code + text
