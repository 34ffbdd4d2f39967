"""Which strings we are willing to put into a SIP request line. Pure."""

import re
from typing import Final

from voxdesk.kernel.errors import TelephonyError

_MAX_LENGTH: Final = 256
# user part optional; host a name, an IPv4 address or a bracketed IPv6 one; parameters last. What
# may stand in a user part is RFC 3261's `user`, without the password form.
_SIP_URI: Final = re.compile(
    r"sips?:(?:(?P<user>[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]+)@)?"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9\-.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>\d{1,5}))?(?P<parameters>(?:;[A-Za-z0-9\-_.!~*'+%=]+)*)",
    re.ASCII,
)
_MAX_PORT: Final = 65_535


def check_sip_uri(uri: str) -> str:
    """The URI itself, when it can be dialled.

    Raises:
        TelephonyError: it is no SIP URI. The message doesn't repeat it: it may be a person's
            number.
    """
    found = _SIP_URI.fullmatch(uri) if len(uri) <= _MAX_LENGTH else None
    if found is None or int(found["port"] or 1) not in range(1, _MAX_PORT + 1):
        raise TelephonyError(
            "This can't be dialled: it is not a SIP URI. Write it like sip:100@pbx.example.com "
            "or sip:+15551234567@trunk.example.com:5060."
        )
    return uri


def user_of(uri: str) -> str:
    """Its user part, a number or a name; all of it when it has none."""
    found = _SIP_URI.fullmatch(uri)
    return (found["user"] if found else None) or uri
