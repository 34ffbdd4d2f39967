"""How long pjsip repeats a request that nobody answers. pjsua2 doesn't wrap this."""

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Final

import pjsua2 as pj

GIVE_UP_MS: Final = 8000
"""RFC 3261 says 32 s (64 T1), and so long a phone that died would keep its slot after our BYE."""
SOON_MS: Final = 1200
"""For who has shown already that nobody is there: two repetitions of our BYE, then the slot is
free."""

_library: Final = ctypes.CDLL(pj._pjsua2.__file__)  # noqa: SLF001  what pjsua2 doesn't wrap


def be_patient(give_up_ms: int = GIVE_UP_MS) -> None:
    """For every request from now on."""
    _library.pjsip_tsx_set_timers(0, 0, 0, give_up_ms)


@contextlib.contextmanager
def hardly_any_patience() -> Iterator[None]:
    """For the requests that are sent inside."""
    be_patient(SOON_MS)
    try:
        yield
    finally:
        be_patient()
