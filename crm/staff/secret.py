"""Random secrets, and what is kept of them."""

import hashlib
import secrets
from typing import Final

SECRET_BYTES: Final = 32
LONGEST: Final = 200
"""Characters of anything that is offered as a secret; longer isn't even looked up."""


def new_secret(prefix: str = "") -> str:
    """A secret that nobody can guess, safe in addresses, headers and cookies."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """What is kept of a secret.

    A fast hash is enough: the secret has 256 random bits, so it can't be guessed from its hash.
    """
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
