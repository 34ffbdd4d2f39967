import zipfile
from pathlib import Path

import pytest

from voxdesk.app.models.catalog import CATALOG, Engine, find_entry, piper_paths
from voxdesk.app.models.installed import installed_for, installed_models
from voxdesk.app.models.unpack import unpack
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit


def put_vosk(state: Path, name: str, size: int = 10) -> None:
    folder = state / "models" / name / "am"
    folder.mkdir(parents=True)
    (folder / "final.mdl").write_bytes(bytes(size))


def put_voice(state: Path, name: str) -> None:
    folder = state / "models" / name
    folder.mkdir(parents=True)
    (folder / f"{name}.onnx").write_bytes(b"x")
    (folder / f"{name}.onnx.json").write_text("{}")


def fetched(state: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        m.name: (m.engine.value, m.languages) for m in installed_models(state) if not m.packaged
    }


def test_a_fresh_machine_has_what_is_packaged(tmp_path: Path) -> None:
    models = installed_models(tmp_path)

    assert {"en_US-joe-medium", "whisper-tiny.en"} <= {m.name for m in models}
    assert all(m.packaged and m.size_bytes > 10_000_000 for m in models)


def test_models_brought_in_any_way_are_found_with_their_language(tmp_path: Path) -> None:
    put_vosk(tmp_path, "vosk-model-small-cn-0.22")
    put_vosk(tmp_path, "vosk-small-en-us")
    put_vosk(tmp_path, "vosk-model-de-0.21")
    put_voice(tmp_path, "zh_CN-huayan-medium")

    assert fetched(tmp_path) == {
        "vosk-model-small-cn-0.22": ("vosk", ("zh",)),
        "vosk-small-en-us": ("vosk", ("en",)),
        "vosk-model-de-0.21": ("vosk", ("de",)),
        "zh_CN-huayan-medium": ("piper", ("zh",)),
    }


def test_what_is_half_there_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "models" / "vosk-small-en-us" / "conf").mkdir(parents=True)
    put_vosk(tmp_path, ".new-abc")
    voice = tmp_path / "models" / "en_US-x-low"
    voice.mkdir()
    (voice / "en_US-x-low.onnx").write_bytes(b"x")
    (tmp_path / "models" / "readme.txt").write_text("x")

    assert fetched(tmp_path) == {}


def test_a_fetched_model_is_preferred_and_the_larger_one_of_two(tmp_path: Path) -> None:
    put_vosk(tmp_path, "vosk-small-en-us", 10)
    put_vosk(tmp_path, "vosk-en-us", 1000)
    put_voice(tmp_path, "en_GB-alan-medium")
    models = installed_models(tmp_path)

    def chosen(engine: Engine, language: str) -> str:
        model = installed_for(models, engine, language)
        return model.name if model else ""

    assert chosen(Engine.VOSK, "en") == "vosk-en-us"
    assert chosen(Engine.VOSK, "zh") == ""
    assert chosen(Engine.PIPER, "en") == "en_GB-alan-medium"
    assert installed_for(models, Engine.PIPER, "en").piper_model is not None  # type: ignore[union-attr]


def test_models_are_known_by_our_name_and_by_their_publishers() -> None:
    assert find_entry("vosk-small-en-us") is find_entry("vosk-model-small-en-us-0.15")
    assert find_entry("de_DE-thorsten-medium").languages == ("de",)
    assert find_entry("vosk-model-small-fr-0.22").languages == ("fr",)
    assert find_entry("vosk-model-small-cn-0.3").languages == ("zh",)


@pytest.mark.parametrize("name", ["", "gpt", "../x", "vosk-model-", "en_US-joe", "a" * 500])
def test_an_unknown_name_says_which_there_are(name: str) -> None:
    with pytest.raises(ModelMissing, match="vosk-small-en-us"):
        find_entry(name)


def test_every_model_of_the_catalog_can_be_told_about() -> None:
    for entry in CATALOG:
        assert entry.licence
        assert entry.languages
        assert entry.size_bytes > 1_000_000
        assert find_entry(entry.name) is entry
        if entry.engine is Engine.PIPER:
            assert piper_paths(entry.published_as)[0].endswith(f"{entry.name}.onnx")


def archive_with(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name", ["../out", "a/../../out", "/etc/out", "C:/out", "a\\..\\..\\out", "a/b/../../../out"]
)
def test_an_archive_cant_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    archive = archive_with(tmp_path / "a.zip", {name: b"x"})

    with pytest.raises(ModelMissing, match="leads out"):
        unpack(archive, tmp_path / "inside" / "folder")

    assert not list(tmp_path.rglob("out"))


def test_an_archive_cant_hold_links(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("model/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")

    with pytest.raises(ModelMissing, match="link"):
        unpack(tmp_path / "a.zip", tmp_path / "folder")


def test_an_archive_cant_fill_the_disk(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("big", bytes(50_000_000))

    with pytest.raises(ModelMissing, match="more than expected"):
        unpack(tmp_path / "bomb.zip", tmp_path / "folder", max_bytes=2_000_000)

    written = sum(p.stat().st_size for p in (tmp_path / "folder").rglob("*") if p.is_file())
    assert written <= 2_000_000


def test_an_archive_of_countless_files_is_refused(tmp_path: Path) -> None:
    archive = archive_with(tmp_path / "a.zip", {f"f{n}": b"" for n in range(30)})

    with pytest.raises(ModelMissing, match="30 files"):
        unpack(archive, tmp_path / "folder", max_files=20)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100])
def test_what_is_no_archive_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)

    with pytest.raises(ModelMissing, match="damaged"):
        unpack(tmp_path / "a.zip", tmp_path / "folder")
