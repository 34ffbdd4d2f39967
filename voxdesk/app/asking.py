"""A call's questions to systems outside: asked beside the call, with a word when they take long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from crm.acts.once import Outcome
from dialog.events import (
    Act,
    ActDone,
    Event,
    Lookup,
    LookupDone,
    LookupFailed,
    StillWaiting,
)
from dialog.outside import FIRST_WORD_S, NEXT_WORD_S
from voxdesk.app.log_data import found_data
from voxdesk.app.preparation import Preparation
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import ServiceFailed, VoxdeskError

DoIt = Callable[[Act], Awaitable[Outcome]]


@dataclass(slots=True)
class _Open:
    """A question that isn't answered yet."""

    token: int
    quiet_since_ms: int
    words: int = 0


class Asking:
    """One call's; time is its audio."""

    def __init__(
        self,
        preparation: Preparation,
        act: DoIt,
        tasks: CallTasks,
        *,
        note: Callable[..., None],
        dispatch: Callable[[Event], None],
        kept: Callable[[], bool],
    ) -> None:
        """`dispatch` takes the answers; `kept`: they may be in the call's log now."""
        self._preparation = preparation
        self._act = act
        self._tasks = tasks
        self._note = note
        self._dispatch = dispatch
        self._kept = kept
        self._open: _Open | None = None
        self._now_ms = 0

    def start(self, asked: Lookup | Act, now_ms: int) -> None:
        """Ask; the answer is dispatched."""
        self._now_ms = now_ms
        self._open = _Open(asked.token, now_ms)
        work = self._look_up(asked) if isinstance(asked, Lookup) else self._have_done(asked)
        self._tasks.start(work, "lookup" if isinstance(asked, Lookup) else "act")

    def on_frame(self, now_ms: int, *, speaking: bool) -> None:
        """Once for each 20 ms: who hears nothing for too long is told that we are at it."""
        self._now_ms = now_ms
        waiting = self._open
        if waiting is None:
            return
        if speaking:
            waiting.quiet_since_ms = now_ms
            return
        patience_s = NEXT_WORD_S if waiting.words else FIRST_WORD_S
        if now_ms - waiting.quiet_since_ms >= patience_s * 1000:
            waiting.quiet_since_ms = now_ms
            waiting.words += 1
            self._dispatch(StillWaiting(waiting.token, waiting.words - 1))

    async def _look_up(self, lookup: Lookup) -> None:
        started_ms = self._now_ms
        event: Event
        try:
            record = await self._preparation.find(lookup)
            event = LookupDone(lookup.token, found=record is not None, record=record or {})
            self._note(
                EventKind.LOOKUP,
                what=lookup.what,
                **found_data(record, kept=self._kept()),
                took_ms=self._now_ms - started_ms,
            )
        except (VoxdeskError, TimeoutError) as error:
            event = LookupFailed(lookup.token, _why(error))
        finally:
            self._preparation.forget()
        self._answered(event, lookup.token)

    async def _have_done(self, act: Act) -> None:
        started_ms = self._now_ms
        try:
            outcome = await asyncio.wait_for(self._act(act), act.timeout_s)
        except (VoxdeskError, TimeoutError) as error:
            outcome = Outcome("failed", reason=_why(error))
        if outcome.outcome != "failed":  # else the dialogue notes it
            self._note(
                EventKind.ACT,
                what=act.what,
                outcome=outcome.outcome,
                took_ms=self._now_ms - started_ms,
                **({"reason": outcome.reason} if outcome.reason else {}),
                **({"record": dict(outcome.record)} if self._kept() else {}),
            )
        self._answered(
            ActDone(act.token, outcome.outcome, outcome.record, outcome.reason), act.token
        )

    def _answered(self, event: Event, token: int) -> None:
        if self._open is not None and self._open.token == token:
            self._open = None
        self._dispatch(event)


def _why(error: Exception) -> str:
    """In one word, for the log; never what it was about."""
    if isinstance(error, ServiceFailed):
        return error.why
    return str(getattr(error, "code", "timeout"))
