"""Passwords: which are good enough, and what is kept of them (Argon2id).

Parameters are the second recommendation of RFC 9106 (64 MiB, 3 passes) with one lane instead of
four, since the cores belong to calls.
"""

import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from crm.staff.secret import new_secret
from voxdesk.kernel.errors import PasswordRefused

SHORTEST: Final = 12
LONGEST: Final = 200
FEWEST_DIFFERENT: Final = 5
AT_ONCE: Final = 2
"""Passwords that are hashed at the same time; others wait, so that memory is bounded."""


class Passwords:
    """Hashes and compares. Thread-safe; make one a process.

    Args:
        passes: over the memory.
        memory_kib: that each hash takes.
    """

    def __init__(self, passes: int = 3, memory_kib: int = 65_536) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID
        )
        self._turn = threading.Semaphore(AT_ONCE)
        self._nobodys = ""

    def hash(self, password: str) -> str:
        """What is kept of a password, with salt and parameters."""
        with self._turn:
            return self._hasher.hash(_even(password))

    def fits(self, kept: str, password: str) -> bool:
        """Whether a password is the one of a hash; with none kept it takes as long, and isn't."""
        if not kept and not self._nobodys:
            self._nobodys = self.hash(new_secret())
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobodys, _even(password)) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than new ones."""
        return self._hasher.check_needs_rehash(kept)


def demand_good(password: str, name: str) -> None:
    """Make sure that a password is hard to guess. Length counts, not what it is made of.

    Raises:
        PasswordRefused: it isn't; says what would be.
    """
    even = _even(password)
    if len(even) < SHORTEST:
        raise PasswordRefused(
            f"A password has at least {SHORTEST} characters. Four words that have nothing to do "
            "with each other are easy to remember and hard to guess.",
            case="password_short",
            least=SHORTEST,
        )
    if len(even) > LONGEST:
        raise PasswordRefused(
            f"A password has at most {LONGEST} characters.", case="password_long", most=LONGEST
        )
    if len(set(even)) < FEWEST_DIFFERENT:
        raise PasswordRefused(
            "This password repeats too few characters; choose another.", case="password_repeats"
        )
    if name.casefold() in even.casefold():
        raise PasswordRefused(
            "A password doesn't contain the name that it belongs to.", case="password_has_name"
        )
    folded = even.casefold()
    if any(obvious in folded for obvious in _OBVIOUS):
        raise PasswordRefused(
            "This password is among the first that anybody tries; choose another.",
            case="password_known",
        )


_OBVIOUS: Final = ("voxdesk", "password", "passwort", "1234567", "7654321", "qwertyui", "abcdefgh")


def _even(password: str) -> str:
    """Keyboards differ in how they compose é (RFC 8265: NFC)."""
    return unicodedata.normalize("NFC", password)
