"""PINs: kept as a slow, salted hash (scrypt, RFC 7914), compared in constant time.

A PIN has few values, so a stolen table could be tried through whatever the hash; what protects it
then is the cost of each try. Against callers, the bounded tries protect it.
"""

import hashlib
import hmac
import re
import secrets
from functools import cache

MIN_DIGITS, MAX_DIGITS = 4, 8
_N, _R, _P = 2**14, 8, 1  # 16 MB and some 50 ms a try
_SALT_BYTES = 16


def is_pin(text: str) -> bool:
    """Whether it is digits only, as many as a PIN has."""
    return re.fullmatch(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}", text) is not None


def hashed(pin: str) -> str:
    """What is kept of a PIN."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"scrypt${salt.hex()}${_key(pin, salt).hex()}"


def fits(pin: str, kept: str) -> bool:
    """Whether it is the PIN of which this was kept; takes as long when it isn't."""
    kind, _, rest = kept.partition("$")
    salt, _, key = rest.partition("$")
    if kind != "scrypt":
        return False
    return hmac.compare_digest(_key(pin, bytes.fromhex(salt)), bytes.fromhex(key))


def _key(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_N, r=_R, p=_P)


@cache
def nobodys() -> str:
    """Compared with where nobody has the number, so that it takes as long."""
    return hashed(secrets.token_hex())
