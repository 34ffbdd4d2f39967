"""What a SIP status says about a call that we tried to make. Pure."""

from http import HTTPStatus
from typing import Final

from voxdesk.kernel.call import EndCause

BUSY_CODES: Final = frozenset({486, 600})
NO_ANSWER_CODES: Final = frozenset({408, 480, 487})
_SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_GLOBAL_FAILURE: Final = 600


def cause_of(sip_code: int) -> EndCause:
    """Why an outbound call did not come about, by its final status (RFC 3261 section 21)."""
    if sip_code in BUSY_CODES:
        return EndCause.BUSY
    if sip_code in NO_ANSWER_CODES:
        return EndCause.NO_ANSWER
    if _SERVER_ERROR <= sip_code < _GLOBAL_FAILURE:
        return EndCause.FAILED
    return EndCause.REFUSED
