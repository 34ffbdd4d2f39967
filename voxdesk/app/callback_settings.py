"""Settings of the calls that we promised."""

import re

from pydantic import Field, field_validator

from telephony.sip_uri import check_sip_uri
from voxdesk.app.setting_types import Seconds, Section
from voxdesk.kernel.errors import TelephonyError

NUMBER = "{number}"


class CallbackSettings(Section):
    """Whom we call back, how and how often."""

    dial: str = Field(
        "",
        description=(
            "Address to dial, with {number} in it: sip:{number}@trunk.example.com. Empty: by the "
            "trunk of sip.trunk."
        ),
    )
    countries: tuple[str, ...] = Field(
        (),
        description=(
            "Countries whose numbers are called back, beside that of calls.country. A number that "
            "costs who calls it never is."
        ),
    )
    flow: str = Field(
        "", description="Flow that they hear, with a queue step; empty: a short one of ours."
    )
    attempts: int = Field(3, ge=1, le=10, description="Calls at most, until one is taken.")
    retry_s: Seconds = Field(
        900, description="Pause before the second call; before the third it is twice as long."
    )
    ring_s: Seconds = Field(30, description="How long it may ring.")

    @field_validator("dial")
    @classmethod
    def _dialable(cls, value: str) -> str:
        if value:
            if value.count(NUMBER) != 1:
                raise ValueError(f"must have {NUMBER} in it, once")
            try:
                check_sip_uri(value.replace(NUMBER, "+15550100"))
            except TelephonyError as error:
                raise ValueError(str(error)) from error
        return value

    @field_validator("countries")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for country in value:
            if not re.fullmatch(r"[A-Z]{2}", country):
                raise ValueError(f'"{country}" is no country; write them like [US, CA]')
        return value


def address_of(number: str, settings: CallbackSettings, registrar: str) -> str:
    """What is dialled for a canonical number; empty when nobody has said how.

    Args:
        number: canonical.
        settings: of the installation.
        registrar: the trunk's, "host" or "host:port"; may be empty.
    """
    template = settings.dial or (f"sip:{NUMBER}@{registrar}" if registrar else "")
    return template.replace(NUMBER, number)
