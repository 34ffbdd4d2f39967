"""The models that an engine's calls use: loaded where they are there, trained where they aren't."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from dialog.flow import Flow
from dialog.understanding.intents import IntentModel
from dialog.understanding.intents.clauses import clauses
from dialog.understanding.intents.encoders import Encoder, encoder_for
from dialog.understanding.intents.examples import Lesson, lessons_of
from dialog.understanding.intents.model import FlowIntents
from voxdesk.app.intents.store import IntentStore
from voxdesk.app.intents.training import train_beside
from voxdesk.kernel.errors import ModelMissing, VoxdeskError

RETRY_AFTER_S: Final = 60.0
"""What couldn't be learnt is tried again by the first call after so long."""
READY_AT_MOST_S: Final = 30.0
"""So long a published flow may wait for its examples; then it is live without them."""
HELD: Final = 2
"""Versions of a flow that stay in memory without a call: the live one, and the one before."""

log = logging.getLogger(__name__)

Version = tuple[str, str]
"""A flow's name and version."""


class IntentKeeper:
    """One an engine; lives on its loop.

    Attributes:
        troubles: by flow, why its callers are understood by phrases only, in a sentence.
    """

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._store = IntentStore(state_dir)
        self._versions: WeakValueDictionary[Version, _AsSoonAsThere] = WeakValueDictionary()
        self._held: dict[str, deque[_AsSoonAsThere]] = {}
        self._encoders: dict[str, Encoder] = {}
        self._work: asyncio.Task[None] | None = None
        self.troubles: dict[str, str] = {}

    def of(self, flow: Flow) -> IntentModel | None:
        """What knows this version's examples, as soon as it does; None: it has none.

        Asked for the first time, it is loaded, or trained in a process of its own. Until it is
        there it understands nothing, and callers are understood by phrases. It stays as long as
        somebody has it.
        """
        return self._of(flow)

    def hold(self, flow: Flow) -> None:
        """Calls will run this version: have it ready, and keep it without any call."""
        version = self._of(flow)
        if version is not None:
            held = self._held.setdefault(flow.name, deque(maxlen=HELD))
            if version not in held:
                held.append(version)

    async def ready(self, flow: Flow) -> None:
        """As `hold`; returns when it is there, failed, or takes too long to wait for."""
        self.hold(flow)
        version = self._versions.get((flow.name, flow.version))
        if version is None or version.coming is None:
            return
        await asyncio.wait([version.coming], timeout=READY_AT_MOST_S)
        if not version.coming.done():
            log.warning(
                "flow %s: its examples aren't learnt yet; callers are understood by phrases",
                flow.name,
            )

    def read(self, language: str, texts: Sequence[str]) -> None:
        """Read what a caller said before the dialogue asks for its meaning. From any thread."""
        encoder = self._encoders.get(language)
        if encoder is not None:
            parts = (part for text in texts for part in (text, *clauses(text)))
            encoder.read(part for part in parts if part.strip())

    async def settled(self, *, within_s: float | None = None) -> None:
        """Wait until everything that was asked for is there, or failed, but not for longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while (work := self._work) is not None and not work.done():
                    await asyncio.wait([work])

    async def close(self) -> None:
        """Nobody needs them any more; a training that runs is ended."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    def _of(self, flow: Flow) -> "_AsSoonAsThere | None":
        key = (flow.name, flow.version)
        version = self._versions.get(key)
        if version is None:
            lessons = lessons_of(flow)
            if not lessons:
                return None
            version = self._versions[key] = _AsSoonAsThere(lessons)
        now_s = asyncio.get_running_loop().time()
        if version.coming is None or (version.model is None and now_s >= version.again_at_s):
            version.again_at_s = float("inf")
            bringing = self._bring(flow.name, version, self._work)
            version.coming = self._work = asyncio.create_task(bringing, name="intents")
        return version

    async def _bring(
        self, flow: str, version: "_AsSoonAsThere", before: asyncio.Task[None] | None
    ) -> None:
        """One after the other: training takes all cores."""
        if before is not None:
            with suppress(Exception):  # its own business
                await before
        try:
            missing = await asyncio.to_thread(self._load, version)
            if missing:
                await train_beside(missing, self._state_dir)
                log.info("flow %s: its examples are learnt", flow)
                await asyncio.to_thread(self._load, version)
            self.troubles.pop(flow, None)
        except (VoxdeskError, OSError) as error:
            version.again_at_s = asyncio.get_running_loop().time() + RETRY_AFTER_S
            self.troubles[flow] = f"Callers of {flow} are understood by phrases only: {error}"
            log.warning("flow %s: callers are understood by phrases only: %s", flow, error)

    def _load(self, version: "_AsSoonAsThere") -> Sequence[Lesson]:
        """The lessons that weren't there; those that were are used."""
        found, missing = {}, []
        for lesson in version.lessons:
            try:
                models = self._store.load(lesson)
            except ModelMissing as error:
                log.warning("%s", error)  # it is made anew
                models = None
            if models is None:
                missing.append(lesson)
            else:
                found[lesson.language] = models
                self._encoders[lesson.language] = encoder_for(lesson.language)
        if found:
            version.model = FlowIntents(found)
        return missing


class _AsSoonAsThere:
    """The model of a version that may still be in the making. Calls begin, and go on, without."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self.lessons = lessons
        self.model: FlowIntents | None = None
        self.coming: asyncio.Task[None] | None = None
        self.again_at_s = float("inf")

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        """As `IntentModel`."""
        return self.model.classify(step, language, text) if self.model is not None else None
