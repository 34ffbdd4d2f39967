"""Where the models of flows' examples lie: one file for each version and language of a flow."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dialog.flow import Flow
from dialog.understanding.intents.classifier import Classifiers
from dialog.understanding.intents.encoders import encoder_name
from dialog.understanding.intents.examples import example_languages
from dialog.understanding.intents.model_file import MAX_BYTES, pack, unpack
from voxdesk.kernel.errors import ModelMissing

FOLDER: Final = "intents"
KEPT_FOR_S: Final = 7 * 24 * 3600.0
"""As long as versions of flows are kept."""


class IntentStore:
    """Files below one folder, which need not exist yet."""

    def __init__(self, state_dir: Path) -> None:
        self._root = state_dir / FOLDER

    def path(self, flow: Flow, language: str) -> Path:
        """Where the model of this version and language is, or would be."""
        name = ".".join(quote(part, safe="") for part in (flow.name, language))
        return self._root / flow.version / f"{name}.npz"

    def load(self, flow: Flow) -> Mapping[str, Classifiers]:
        """The models of a flow, by language; those that aren't there are left out.

        Raises:
            ModelMissing: a file is there, and is no model; says which and what to do.
        """
        found = {}
        for language in example_languages(flow):
            path = self.path(flow, language)
            try:
                with path.open("rb") as file:
                    data = file.read(MAX_BYTES + 1)
                found[language] = unpack(data, encoder_name(language))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ModelMissing(f"{path}: it can't be read: {error.strerror}.") from error
            except ModelMissing as error:
                raise ModelMissing(
                    f"{path} is no model of intents: {error}. "
                    f"`voxdesk flow train {flow.name}` makes it anew."
                ) from error
        return found

    def keep(self, flow: Flow, language: str, model: Classifiers) -> Path:
        """Write a model, whole or not at all, and forget what nobody uses any more.

        Raises:
            OSError: the disk says no.
        """
        path = self.path(flow, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(pack(model, encoder_name(language)))
        fresh.replace(path)
        for old in self._root.glob("*/*.npz"):
            if old.stat().st_mtime < time.time() - KEPT_FOR_S:
                old.unlink(missing_ok=True)
        return path
