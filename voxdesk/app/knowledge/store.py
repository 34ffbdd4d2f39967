"""Where the vectors of questions lie: one file for each set of wordings, encoder and language.

A line of JSON says how many numbers a vector has; the numbers follow, as float16, row by row.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dialog.knowledge.index import Wordings
from dialog.understanding.intents.encoders import encoder_name
from voxdesk.kernel.errors import ModelMissing

FOLDER: Final = "knowledge"
FORMAT: Final = 1
ENDING: Final = ".vectors"
MAX_BYTES: Final = 50_000_000
"""Of a file, and of what it unpacks to; 3000 wordings take 6 MB."""
KEPT_FOR_S: Final = 30 * 24 * 3600.0
"""Since the last use; what is gone is read anew, in seconds."""
Vectors = NDArray[np.float32]


class VectorStore:
    """Files below one folder, which need not exist yet. They are trusted no more than any file."""

    def __init__(self, state_dir: Path) -> None:
        self._root = state_dir / FOLDER

    def path(self, wordings: Wordings) -> Path:
        """Where the vectors of these wordings are, or would be."""
        made_with = [FORMAT, encoder_name(wordings.language), *wordings.texts]
        key = hashlib.sha256(json.dumps(made_with).encode()).hexdigest()[:24]
        return self._root / f"{wordings.language}.{key}{ENDING}"

    def load(self, wordings: Wordings) -> Vectors | None:
        """A row for each wording; None: they weren't read yet.

        Raises:
            ModelMissing: a file is there, and is something else; says which.
        """
        path = self.path(wordings)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ModelMissing(f"{path}: it can't be read: {error.strerror}.") from error
        rows = _unpacked(data, len(wordings.texts))
        if rows is None:
            raise ModelMissing(f"{path} has no vectors of these questions.")
        with suppress(OSError):  # another user's file is kept by that user
            os.utime(path)
        return rows

    def keep(self, wordings: Wordings, vectors: Vectors) -> None:
        """Write vectors, whole or not at all, and forget those that nobody used for long.

        Raises:
            OSError: the disk says no.
        """
        path = self.path(wordings)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        try:
            fresh.write_bytes(_packed(vectors))
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        for old in (*self._root.glob(f"*{ENDING}"), *self._root.glob("*.new")):
            with suppress(OSError):
                if old.stat().st_mtime < time.time() - KEPT_FOR_S:
                    old.unlink(missing_ok=True)


def _packed(vectors: Vectors) -> bytes:
    head = json.dumps({"dimensions": vectors.shape[1]})
    return head.encode() + b"\n" + vectors.astype("<f2").tobytes()


def _unpacked(data: bytes, count: int) -> Vectors | None:
    """So many rows, or None where the bytes are anything else."""
    head, _, body = data.partition(b"\n")
    try:
        dimensions = int(json.loads(head)["dimensions"])
    except (ValueError, KeyError, TypeError):
        return None
    if dimensions < 1 or len(body) != count * dimensions * 2:
        return None
    rows = np.frombuffer(body, "<f2").reshape(count, dimensions).astype(np.float32)
    return rows if bool(np.isfinite(rows).all()) else None
