"""PINs of agents, kept as salted scrypt hashes."""

import hashlib
import hmac
import secrets

# RFC 7914 parameters; about 16 MB and tens of milliseconds a try.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1


def hash_pin(pin: str) -> str:
    """A PIN as stored: salt and hash in hex."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_digest(pin, salt).hex()}"


def pin_matches(pin: str, stored: str) -> bool:
    """Whether this PIN made that hash; False for a hash that can't be read."""
    salt, _, digest = stored.partition(":")
    try:
        expected = bytes.fromhex(digest)
        return hmac.compare_digest(_digest(pin, bytes.fromhex(salt)), expected)
    except ValueError:
        return False


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)
