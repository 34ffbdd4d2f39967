"""Answers made ready before the caller's turn is over.

The dialogue is pure, so it can be asked what it would do on words that may not be the last. What it
would look up is looked up, what it would say is synthesized; nothing is said, kept or changed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from dialog.dialogue import Dialogue
from dialog.events import (
    Action,
    Heard,
    Lookup,
    LookupDone,
    Match,
    Say,
    Search,
    SearchDone,
    SearchFailed,
)
from dialog.state import State
from tts.speech import SpeechService
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.speech import Transcript

Record = Mapping[str, Any] | None
SearchIn = Callable[[Search], Sequence[Match]]
Find = Callable[[Lookup], Awaitable[Record]]


class Preparation:
    """Lookups, searches and speech of one call, done ahead of time.

    `search` blocks, and runs in a thread.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        speech: SpeechService,
        find: Find,
        search: SearchIn,
        tasks: CallTasks,
        *,
        ahead: Callable[[Lookup], bool] = lambda _: True,
    ) -> None:
        """`ahead`: whether a lookup may be made before the caller's turn is over."""
        self._dialogue = dialogue
        self._speech = speech
        self._find = find
        self._search = search
        self._tasks = tasks
        self._ahead = ahead
        self._found: dict[tuple[str, tuple[tuple[str, str], ...]], asyncio.Future[Record]] = {}

    def expect(self, state: State, transcript: Transcript) -> None:
        """The caller may have said this, and nothing more."""
        following, actions = self._dialogue.step(state, Heard(transcript))
        self._found.clear()
        self._tasks.start(self._ready(following, actions), "preparation")

    async def find(self, lookup: Lookup) -> Record:
        """The record, from what was looked up ahead of time if it was the same question.

        Raises:
            TimeoutError: it takes too long.
            VoxdeskError: it can't be looked up.
        """
        key = (lookup.what, tuple(sorted(lookup.by.items())))
        if key not in self._found:
            self._found[key] = asyncio.ensure_future(self._find(lookup))
        return await asyncio.wait_for(asyncio.shield(self._found[key]), lookup.timeout_s)

    async def searched(self, search: Search) -> SearchDone | SearchFailed:
        """The questions that words ask. What was read ahead of time is found at once."""
        searching = asyncio.to_thread(self._search, search)
        try:
            matches = await asyncio.wait_for(searching, search.timeout_s)
        except (VoxdeskError, TimeoutError) as error:
            return SearchFailed(search.token, getattr(error, "code", "timeout"))
        return SearchDone(search.token, tuple(matches))

    def forget(self) -> None:
        """What was found belongs to the turn that asked for it."""
        self._found.clear()

    async def _ready(self, state: State, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, Lookup):
                if not self._ahead(action):
                    return
                try:
                    record = await self.find(action)
                except (VoxdeskError, TimeoutError):
                    return  # the real one will find out, and tell
                done = LookupDone(action.token, found=record is not None, record=record or {})
                await self._ready(*self._dialogue.step(state, done))
                return
            if isinstance(action, Search):
                await self._ready(*self._dialogue.step(state, await self.searched(action)))
                return
            if isinstance(action, Say) and not action.sensitive:
                try:
                    await self._speech.prepare(action.text, language=action.language)
                except VoxdeskError:
                    return  # the same
