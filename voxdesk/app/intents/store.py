"""Where what was learnt from flows' examples lies: a file for each flow, language and examples.

A flow whose prompts change keeps its models; one whose examples change gets new ones.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dialog.understanding.intents.classifier import Classifiers
from dialog.understanding.intents.encoders import encoder_name
from dialog.understanding.intents.examples import Lesson
from dialog.understanding.intents.model_file import FORMAT, MAX_BYTES, pack, unpack
from voxdesk.kernel.errors import ModelMissing

FOLDER: Final = "intents"
KEPT_FOR_S: Final = 30 * 24 * 3600.0
"""Since the last use; what is gone is learnt anew, in seconds."""


class IntentStore:
    """Files below one folder, which need not exist yet."""

    def __init__(self, state_dir: Path) -> None:
        self._root = state_dir / FOLDER

    def path(self, lesson: Lesson) -> Path:
        """Where the models of these examples are, or would be."""
        named = [quote(part, safe="") for part in (lesson.flow, lesson.language)]
        key = lesson.key(f"{encoder_name(lesson.language)} {FORMAT}")
        return self._root / f"{'.'.join((*named, key))}.npz"

    def load(self, lesson: Lesson) -> Classifiers | None:
        """The models of these examples; None: they aren't there.

        Raises:
            ModelMissing: a file is there, and is no model; says which and what to do.
        """
        path = self.path(lesson)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            found = unpack(data, encoder_name(lesson.language))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ModelMissing(f"{path}: it can't be read: {error.strerror}.") from error
        except ModelMissing as error:
            raise ModelMissing(
                f"{path} is no model of intents: {error}. "
                f"`voxdesk flow train {lesson.flow}` makes it anew."
            ) from error
        with suppress(OSError):  # another user's file is kept by that user
            os.utime(path)
        return found

    def keep(self, lesson: Lesson, models: Classifiers) -> Path:
        """Write models, whole or not at all, and forget those that nobody used for long.

        Raises:
            OSError: the disk says no.
        """
        path = self.path(lesson)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        try:
            fresh.write_bytes(pack(models, encoder_name(lesson.language)))
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        for old in (*self._root.glob("*.npz"), *self._root.glob("*.new")):
            with suppress(OSError):
                if old.stat().st_mtime < time.time() - KEPT_FOR_S:
                    old.unlink(missing_ok=True)
        return path
