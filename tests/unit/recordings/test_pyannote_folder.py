"""A pipeline's folder is read, or refused with what to do; none of it is run for that."""

from pathlib import Path

import pytest

from recordings.speakers import by_pyannote
from recordings.speakers.by_pyannote import PyannoteWay
from recordings.speakers.pyannote_folder import read_folder
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit
CONFIG = """
dependencies: {pyannote.audio: 4.0.0}
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    embedding: $model/embedding
    plda: $model/plda
    embedding_exclude_overlap: true
    segmentation_batch_size: 32
params: {clustering: {threshold: 0.6, Fa: 0.07, Fb: 0.8}, segmentation: {min_duration_off: 0.0}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG)
    for name in (
        "segmentation/pytorch_model.bin",
        "embedding/pytorch_model.bin",
        "plda/xvec_transform.npz",
        "plda/plda.npz",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_the_published_layouts_are_read(folder: Path) -> None:
    parts = read_folder(folder)
    assert parts.segmentation == (folder / "segmentation/pytorch_model.bin").resolve()
    assert parts.plda == (folder / "plda").resolve()
    assert parts.arguments == {"embedding_exclude_overlap": True, "segmentation_batch_size": 32}
    assert read_folder(folder / "config.yaml") == parts

    older = CONFIG.replace("VBx", "Agglomerative").replace("$model/embedding", "embedding")
    older = older.replace("dependencies: {pyannote.audio: 4.0.0}", "version: 3.1.0")
    (folder / "config.yaml").write_text(older)
    assert read_folder(folder).plda is None


@pytest.mark.parametrize(
    ("was", "instead", "told"),
    [
        ("audio.pipelines.SpeakerDiarization", "os.system", "only pyannote.audio"),
        ("audio: 4.0.0", "audio: 5.1.0", "is for pyannote.audio 5.1.0"),
        ("VBxClustering", "NoSuch", "known: Agglomerative"),
        ("$model/segmentation", "pyannote/segmentation-3.0", "Nothing is downloaded"),
        ("$model/embedding", "../../etc/passwd", "leads out of the folder"),
        ("$model/embedding", "/etc/passwd", "leads out of the folder"),
        ("$model/plda", "$model/elsewhere", "xvec_transform.npz is missing"),
        ("batch_size: 32", "batch_size: many", "not a int"),
        ("pipeline:", "pipeline: [", "no YAML"),
        ("pipeline:", "other:", "pipeline has no fields"),
        ("dependencies", "!!python/object/apply:os.system {a: b}\n#", "no YAML"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    folder: Path, was: str, instead: str, told: str
) -> None:
    (folder / "config.yaml").write_text(CONFIG.replace(was, instead))
    with pytest.raises(ModelMissing, match=told):
        read_folder(folder)


def test_no_folder_and_an_empty_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="is no folder"):
        PyannoteWay(tmp_path / "nothing")
    with pytest.raises(ModelMissing, match=r"config\.yaml can't be read"):
        PyannoteWay(tmp_path)


def test_without_the_package_the_folder_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_pyannote, "is_installed", lambda: False)
    with pytest.raises(ModelMissing, match=r"voxdesk\[diarize\]"):
        PyannoteWay(folder)
