"""Weights are read as weights: a file that would do something when it is read does nothing."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from recordings.speakers import by_pyannote
from voxdesk.kernel.errors import ModelMissing

pytestmark = [pytest.mark.contract, pytest.mark.timeout(300)]


class Harm:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.fixture
def load() -> Any:
    if not by_pyannote.is_installed():
        pytest.skip("needs pyannote.audio, with torch: pip install 'voxdesk[diarize]'")
    from recordings.speakers import pyannote_models  # noqa: PLC0415

    return lambda path: pyannote_models.load(path, pyannote_models.SEGMENTATIONS)


def test_what_would_be_done_by_reading_is_not_done(tmp_path: Path, load: Any) -> None:
    import torch  # noqa: PLC0415

    torch.save({"state_dict": {}, "x": Harm(tmp_path / "done")}, tmp_path / "new.bin")
    (tmp_path / "old.bin").write_bytes(pickle.dumps(Harm(tmp_path / "done")))
    for name in ("new.bin", "old.bin"):
        with pytest.raises(ModelMissing):
            load(tmp_path / name)
    assert not (tmp_path / "done").exists()


def test_a_class_is_looked_up_not_imported_and_a_cut_file_is_told(
    tmp_path: Path, load: Any
) -> None:
    import torch  # noqa: PLC0415

    about = {"architecture": {"module": "os", "class": "system"}, "specifications": None}
    torch.save({"state_dict": {}, "pyannote.audio": about}, tmp_path / "a.bin")
    with pytest.raises(ModelMissing, match="class 'system'"):
        load(tmp_path / "a.bin")
    whole = (tmp_path / "a.bin").read_bytes()
    (tmp_path / "a.bin").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelMissing, match="Fetch it again"):
        load(tmp_path / "a.bin")
    (tmp_path / "a.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(ModelMissing, match="pointer"):
        load(tmp_path / "a.bin")
