"""From when until when a certificate is valid, out of its DER (X.509, RFC 5280 4.1)."""

from datetime import UTC, datetime
from typing import Final

_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0
_UTC_TIME: Final = 0x17
_LONG_LENGTH: Final = 0x80


def validity_of(der: bytes) -> tuple[datetime, datetime]:
    """Not before, and not after.

    Raises:
        ValueError: no certificate.
    """
    try:
        _, certificate, _ = _take(der)
        _, body, _ = _take(certificate)
        tag, _, rest = _take(body)
        if tag == _VERSION:
            _, _, rest = _take(rest)  # serial number
        _, _, rest = _take(rest)  # signature algorithm
        _, _, rest = _take(rest)  # issuer
        tag, validity, _ = _take(rest)
        if tag != _SEQUENCE:
            raise ValueError("no validity")
        first_tag, first, rest = _take(validity)
        second_tag, second, _ = _take(rest)
    except IndexError as error:
        raise ValueError("cut off") from error
    return _time(first_tag, first), _time(second_tag, second)


def _take(data: bytes) -> tuple[int, bytes, bytes]:
    """The first element's tag and content, and what follows it."""
    tag, length, start = data[0], data[1], 2
    if length & _LONG_LENGTH:
        count = length & ~_LONG_LENGTH
        length = int.from_bytes(data[2 : 2 + count], "big")
        start = 2 + count
    if start + length > len(data):
        raise ValueError("cut off")
    return tag, data[start : start + length], data[start + length :]


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii")
    if tag == _UTC_TIME:  # two digits of the year: 50 to 99 are the last century's
        text = ("19" if text[0] >= "5" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
