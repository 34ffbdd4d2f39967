"""Speakers told apart by a pipeline of pyannote.audio that somebody put into a folder.

Nothing is downloaded and nothing is told to anybody: the hub is switched off, and so is the
telemetry that pyannote.audio 4 has on by default. The pipeline is put together here from its
parts, not by `Pipeline.from_pretrained`, which imports whatever its files name.
"""

import importlib.metadata
import importlib.util
import os
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np

from recordings.speakers.apart import Turn, numbered
from recordings.speakers.pyannote_folder import PipelineParts, read_folder
from recordings.speakers.way import Progress
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, to_float
from voxdesk.kernel.errors import ModelMissing

PACKAGE: Final = "pyannote.audio"
MAJOR: Final = "4"
THREADS: Final = 1
"""Work after calls gives way to them: it never takes more than one core."""
AT_MOST: Final = 6
LEAST_S: Final = 0.1
"""Shorter turns are of the network's doubt, not of a person."""
SHARES: Final = {"segmentation": (0.0, 0.4), "embeddings": (0.4, 1.0)}
"""Which part of the work each step of the pipeline is."""
INSTALL: Final = "pip install 'voxdesk[diarize]'"
_ENVIRONMENT: Final = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
}


def is_installed() -> bool:
    """Whether pyannote.audio is there, of whichever version."""
    try:
        return importlib.util.find_spec(PACKAGE) is not None
    except ModuleNotFoundError:
        return False


class PyannoteWay:
    """A `Way` by one pipeline."""

    name = "pyannote"

    def __init__(self, folder: Path) -> None:
        """Load it.

        Args:
            folder: with `config.yaml` and, below it, the models that it names.

        Raises:
            ModelMissing: the package isn't installed or of another version, or the folder lacks
                something or has something that isn't loaded; says what to do.
        """
        parts = read_folder(folder)
        _check_package()
        os.environ.update(_ENVIRONMENT)
        with warnings.catch_warnings():
            # It reads no files for us, so that what it says about its decoders is no news.
            warnings.simplefilter("ignore")
            import torch  # noqa: PLC0415  both load only where they are used

            from recordings.speakers import pyannote_models  # noqa: PLC0415

            torch.set_num_threads(THREADS)
            self._torch: Any = torch
            self._pipeline: Any = pyannote_models.put_together(parts)
        self.parts: PipelineParts = parts

    def turns(self, pcm: Pcm, tell: Progress | None = None) -> list[Turn]:
        """As `Way.turns`; where two speak at once, it is the turn of the one who is heard more."""
        if len(pcm) < SAMPLE_RATE_HZ // 10:
            return []

        def hook(
            step: str,
            _: object,
            file: object = None,  # noqa: ARG001  pyannote's own names
            total: int | None = None,
            completed: int | None = None,
        ) -> None:
            if tell is None or step not in SHARES or not total:
                return
            first, last = SHARES[step]
            tell(first + (last - first) * min(1.0, float(completed or 0) / float(total)))

        sound = np.ascontiguousarray(to_float(pcm))
        file = {
            "waveform": self._torch.from_numpy(sound)[None],
            "sample_rate": SAMPLE_RATE_HZ,
            "uri": "recording",
        }
        with warnings.catch_warnings(), self._torch.inference_mode():
            warnings.simplefilter("ignore")
            found = self._pipeline(file, hook=hook, max_speakers=AT_MOST)
        if tell is not None:
            tell(1.0)
        length_s = len(pcm) / SAMPLE_RATE_HZ
        turns: list[Turn] = []
        who: dict[str, int] = {}
        one_at_a_time = found.exclusive_speaker_diarization
        for segment, _, label in one_at_a_time.itertracks(yield_label=True):
            since = turns[-1].end_s if turns else 0.0
            start, end = max(float(segment.start), since), min(float(segment.end), length_s)
            if end - start >= LEAST_S:
                turns.append(Turn(who.setdefault(str(label), len(who)), start, end))
        return numbered(turns)


def _check_package() -> None:
    if not is_installed():
        raise ModelMissing(
            "imports.pyannote_folder is set, and pyannote.audio isn't installed: "
            f"{INSTALL}, or leave the setting empty for the packaged way."
        )
    version = importlib.metadata.version(PACKAGE)
    if version.partition(".")[0] != MAJOR:
        raise ModelMissing(
            f"pyannote.audio {version} is installed, and version {MAJOR} is needed: {INSTALL}."
        )
