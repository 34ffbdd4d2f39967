"""The models that an engine's calls use: loaded where they are there, trained where they aren't."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dialog.flow import Flow
from dialog.understanding.intents import IntentModel
from dialog.understanding.intents.encoders import encoder_for
from dialog.understanding.intents.examples import example_languages
from dialog.understanding.intents.model import FlowIntents
from voxdesk.app.intents.store import IntentStore
from voxdesk.app.intents.training import train_beside
from voxdesk.kernel.errors import ModelMissing, VoxdeskError

log = logging.getLogger(__name__)

Version = tuple[str, str]
"""A flow's name and version."""


class IntentKeeper:
    """One an engine; lives on its loop.

    Attributes:
        trouble: why some callers are understood by phrases only, in a sentence, or empty.
    """

    def __init__(self, state_dir: Path, source_of: Callable[[Flow], Path]) -> None:
        """`source_of`: the file that holds exactly this version of a flow."""
        self._state_dir = state_dir
        self._source_of = source_of
        self._store = IntentStore(state_dir)
        self._models: dict[Version, FlowIntents] = {}
        self._asked_for: set[Version] = set()
        self._work: asyncio.Task[None] | None = None
        self.trouble = ""

    def of(self, flow: Flow) -> IntentModel | None:
        """What knows this version's examples, as soon as it does; None: it has none.

        Asked for the first time, it is loaded, or trained in a process of its own. Until it is
        there it understands nothing, and callers are understood by phrases.
        """
        version = (flow.name, flow.version)
        if not example_languages(flow):
            return None
        if version not in self._asked_for:
            self._asked_for.add(version)
            bringing = self._bring(flow, version, self._work)
            self._work = asyncio.create_task(bringing, name="intents")
        return _AsSoonAsThere(self._models, version)

    def prepare(self, language: str, text: str) -> None:
        """Read what a caller said before the dialogue asks for its meaning. From any thread."""
        for model in tuple(self._models.values()):
            model.prepare(language, text)

    async def settled(self) -> None:
        """Wait until everything that was asked for is there, or failed."""
        while (work := self._work) is not None and not work.done():
            await asyncio.wait([work])

    async def close(self) -> None:
        """Nobody needs them any more; a training that runs is ended."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    async def _bring(self, flow: Flow, version: Version, before: asyncio.Task[None] | None) -> None:
        """One after the other: training takes a core."""
        if before is not None:
            await before
        try:
            if not await asyncio.to_thread(self._load, flow, version):
                await train_beside(self._source_of(flow), flow, self._state_dir)
                log.info("flow %s: its examples are learnt", flow.name)
                await asyncio.to_thread(self._load, flow, version)
        except VoxdeskError as error:
            self.trouble = str(error)
            log.warning("flow %s: callers are understood by phrases only: %s", flow.name, error)

    def _load(self, flow: Flow, version: Version) -> bool:
        """Whether every language's model was there; those that were are used."""
        languages = example_languages(flow)
        try:
            found = self._store.load(flow)
        except ModelMissing as error:
            log.warning("%s", error)  # it is made anew
            return False
        if found:
            encoders = {language: encoder_for(language) for language in found}
            self._models[version] = FlowIntents(found, encoders)
        return len(found) == len(languages)


class _AsSoonAsThere:
    """The model of a version that may still be in the making. Calls begin, and go on, without."""

    def __init__(self, models: dict[Version, FlowIntents], version: Version) -> None:
        self._models = models
        self._version = version

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        """As `IntentModel`."""
        model = self._models.get(self._version)
        return model.classify(step, language, text) if model is not None else None
