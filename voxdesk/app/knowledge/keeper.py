"""The knowledge of an engine's calls: found by letters at once, and soon by meaning."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from dialog.events import Match, Search
from dialog.flow import Answer, Flow
from dialog.knowledge.index import Wordings, make_index
from dialog.knowledge.library import Library
from dialog.understanding.intents.encoders import encoder_for
from voxdesk.app.knowledge.reading import read_beside
from voxdesk.app.knowledge.store import Vectors, VectorStore
from voxdesk.kernel.errors import ModelMissing, VoxdeskError

READY_AT_MOST_S: Final = 30.0
"""So long a published flow may wait for its knowledge; then it is live, and found by letters."""
RETRY_AFTER_S: Final = 60.0
"""What couldn't be read is tried again by the first call after so long."""
HELD: Final = 2
"""Versions of a flow that stay in memory without a call: the live one, and the one before."""

log = logging.getLogger(__name__)

SearchIn = Callable[[Search], Sequence[Match]]
"""Searches the knowledge of one version of a flow, from any thread; takes milliseconds."""


class KnowledgeKeeper:
    """One an engine; lives on its loop.

    Attributes:
        troubles: by flow, why its questions are found by letters only, in a sentence.
    """

    def __init__(self, state_dir: Path, today: Callable[[], str]) -> None:
        """`today`: the ISO date where the call centre is."""
        self._state_dir = state_dir
        self._today = today
        self._store = VectorStore(state_dir)
        self._known: WeakValueDictionary[tuple[str, str], _Known] = WeakValueDictionary()
        self._held: dict[str, deque[_Known]] = {}
        self._work: asyncio.Task[None] | None = None
        self.troubles: dict[str, str] = {}

    def of(self, flow: Flow) -> SearchIn:
        """What searches the knowledge of this version; a call that has it keeps it."""
        return self._of(flow).search

    def hold(self, flow: Flow) -> None:
        """Calls will run this version: have it ready, and keep it without any call."""
        if not flow.knowledge:
            return
        known = self._of(flow)
        held = self._held.setdefault(flow.name, deque(maxlen=HELD))
        if known not in held:
            held.append(known)

    async def ready(self, flow: Flow) -> None:
        """As `hold`; returns when it is read, failed, or takes too long to wait for."""
        self.hold(flow)
        known = self._known.get((flow.name, flow.version))
        if known is None or known.coming is None:
            return
        await asyncio.wait([known.coming], timeout=READY_AT_MOST_S)
        if not known.coming.done():
            log.warning("flow %s: its questions aren't read yet; they go by letters", flow.name)

    async def settled(self, *, within_s: float | None = None) -> None:
        """Wait until everything that was asked for is there, or failed, but not for longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while (work := self._work) is not None and not work.done():
                    await asyncio.wait([work])

    async def close(self) -> None:
        """Nobody needs it any more; a reading that runs is ended."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    def _of(self, flow: Flow) -> "_Known":
        key = (flow.name, flow.version)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Known(flow)
        now_s = asyncio.get_running_loop().time()
        if flow.knowledge and now_s >= known.again_at_s:
            known.again_at_s = float("inf")
            bringing = self._bring(known, self._work)
            known.coming = self._work = asyncio.create_task(bringing, name="knowledge")
        return known

    async def _bring(self, known: "_Known", before: asyncio.Task[None] | None) -> None:
        """One after the other: reading takes all cores."""
        if before is not None:
            with suppress(Exception):  # its own business
                await before
        flow = known.flow.name
        try:
            missing = await asyncio.to_thread(self._load, known)
            if missing:
                await read_beside(missing, self._state_dir)
                log.info("flow %s: its questions are read", flow)
                await asyncio.to_thread(self._load, known)
            await asyncio.to_thread(known.learn, self._today())
            self.troubles.pop(flow, None)
        except (VoxdeskError, OSError) as error:
            known.again_at_s = asyncio.get_running_loop().time() + RETRY_AFTER_S
            self.troubles[flow] = f"Questions to {flow} are found by their letters only: {error}"
            log.warning("flow %s: questions are found by their letters only: %s", flow, error)

    def _load(self, known: "_Known") -> Sequence[Wordings]:
        """The wordings that weren't read; those that were count from now on."""
        missing = []
        for language in known.languages:
            wordings = known.library.wordings(language)
            if not wordings.texts:
                continue
            vectors = self._kept(wordings)
            if vectors is None:
                missing.append(wordings)
            else:
                index = make_index(wordings, vectors, encoder_for(language).reach)
                known.library.put(index)
        return missing

    def _kept(self, wordings: Wordings) -> Vectors | None:
        try:
            return self._store.load(wordings)
        except ModelMissing as error:
            log.warning("%s", error)  # it is read anew
            return None


class _Known:
    """The knowledge of one version of a flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.library = Library(flow.knowledge)
        self.coming: asyncio.Task[None] | None = None
        self.again_at_s = -float("inf")

    @property
    def languages(self) -> Sequence[str]:
        """Those of the flow in which something is known."""
        return [tag for tag in self.library.languages if tag in self.flow.languages]

    def search(self, search: Search) -> Sequence[Match]:
        """As `SearchIn`."""
        return self.library.search(search)

    def learn(self, today: str) -> None:
        """Learn what the first callers of the day will need."""
        for step in self.flow.steps.values():
            if isinstance(step, Answer):
                for language in self.languages:
                    self.library.ready(Search(0, (), language, step.knowledge, today))
