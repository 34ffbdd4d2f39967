"""Bringing models from a server that is well, or cuts, lies, refuses, or is slow."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import Publisher, md5, publisher, vosk_archive

from voxdesk.app.models.catalog import find_entry
from voxdesk.app.models.download import Limits, RemoteFile, Unreachable, fetch
from voxdesk.app.models.install import fetch_and_install, install_from
from voxdesk.app.models.installed import installed_models, read_note
from voxdesk.app.models.published import Plan, Sources, plan_for
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit

SMALL = "vosk-small-en-us"
PUBLISHED = "vosk-model-small-en-us-0.15"


@pytest.fixture
def server() -> Iterator[Publisher]:
    with publisher() as running:
        yield running


def plan(server: Publisher, name: str = SMALL) -> Plan:
    return plan_for(find_entry(name), server.sources)


def leftovers(state: Path) -> list[str]:
    models = state / "models"
    return (
        sorted(p.name for p in models.iterdir() if p.name.startswith("."))
        if models.is_dir()
        else []
    )


def test_a_model_is_fetched_checked_and_ready_to_be_used(server: Publisher, tmp_path: Path) -> None:
    archive = vosk_archive()
    server.publish_vosk(PUBLISHED, archive)
    seen: list[tuple[int, int]] = []

    folder = fetch_and_install(
        plan(server), tmp_path, progress=lambda done, total: seen.append((done, total))
    )

    assert folder == tmp_path / "models" / SMALL
    assert (folder / "am" / "final.mdl").is_file()
    assert seen[-1] == (len(archive), len(archive))
    (model,) = [m for m in installed_models(tmp_path) if not m.packaged]
    assert (model.name, model.engine, model.languages) == (SMALL, "vosk", ("en",))
    assert model.licence == "Apache-2.0"
    assert leftovers(tmp_path) in ([], [".downloads"])


def test_size_licence_and_how_it_is_checked_are_known_before(server: Publisher) -> None:
    archive = vosk_archive()
    server.publish_vosk(PUBLISHED, archive)

    planned = plan(server)

    assert planned.size_bytes == len(archive)
    assert planned.licence == "Apache-2.0"
    assert "MD5" in planned.checked_by


def test_a_voice_brings_its_configuration_and_its_cards_licence(
    server: Publisher, tmp_path: Path
) -> None:
    config = json.dumps({"phoneme_id_map": {}, "espeak": {"voice": "cmn"}}).encode()
    server.publish_piper("zh_CN-huayan-medium", "zh/zh_CN/huayan/medium", b"onnx" * 5000, config)
    planned = plan(server, "zh_CN-huayan-medium")

    folder = fetch_and_install(planned, tmp_path)

    assert planned.licence == "CC0 (as its card says)"
    assert {p.name for p in folder.iterdir()} == {
        "zh_CN-huayan-medium.onnx",
        "zh_CN-huayan-medium.onnx.json",
        "MODEL_CARD",
        "voxdesk-model.json",
    }
    (voice,) = [m for m in installed_models(tmp_path) if not m.packaged]
    assert (voice.kind, voice.languages) == ("voice", ("zh",))
    assert read_note(folder)["licence"] == "CC0 (as its card says)"


def test_a_voice_that_cant_be_loaded_isnt_installed(server: Publisher, tmp_path: Path) -> None:
    server.publish_piper("de_DE-thorsten-medium", "de/de_DE/thorsten/medium", b"no onnx", b"{}")

    def refuse(_folder: Path) -> None:
        raise ModelMissing("can't be loaded")

    with pytest.raises(ModelMissing, match="can't be loaded"):
        fetch_and_install(plan(server, "de_DE-thorsten-medium"), tmp_path, check=refuse)

    assert not (tmp_path / "models" / "de_DE-thorsten-medium").exists()


def test_a_cut_download_goes_on_where_it_was(server: Publisher, tmp_path: Path) -> None:
    archive = vosk_archive()
    server.publish_vosk(PUBLISHED, archive)
    server.cut_after = 8192

    with pytest.raises(Unreachable, match="cut after 8192"):
        fetch_and_install(plan(server), tmp_path)
    assert not (tmp_path / "models" / SMALL).exists()

    server.cut_after = None
    fetch_and_install(plan(server), tmp_path)

    assert f"vosk/{PUBLISHED}.zip bytes=8192-" in server.asked
    assert (tmp_path / "models" / SMALL / "am" / "final.mdl").is_file()


def test_parts_of_two_versions_are_never_joined(server: Publisher, tmp_path: Path) -> None:
    server.publish_vosk(PUBLISHED, vosk_archive())
    server.cut_after = 8192
    with pytest.raises(Unreachable):
        fetch_and_install(plan(server), tmp_path)
    server.cut_after = None
    server.publish_vosk(PUBLISHED, vosk_archive(extra_bytes=30_000))  # a new release

    fetch_and_install(plan(server), tmp_path)

    assert (tmp_path / "models" / SMALL / "am" / "final.mdl").stat().st_size == 30_000


def test_a_server_without_ranges_is_asked_for_the_whole_again(
    server: Publisher, tmp_path: Path
) -> None:
    server.publish_vosk(PUBLISHED, vosk_archive())
    server.ranges = False
    server.cut_after = 8192
    with pytest.raises(Unreachable):
        fetch_and_install(plan(server), tmp_path)
    server.cut_after = None

    fetch_and_install(plan(server), tmp_path)

    assert (tmp_path / "models" / SMALL / "am" / "final.mdl").is_file()


def test_what_isnt_the_published_file_is_thrown_away(server: Publisher, tmp_path: Path) -> None:
    archive = vosk_archive()
    server.publish_vosk(PUBLISHED, archive)
    planned = plan(server)
    server.files[f"vosk/{PUBLISHED}.zip"] = archive[:-100] + bytes(100)

    with pytest.raises(ModelMissing, match="MD5"):
        fetch_and_install(planned, tmp_path)

    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_without_a_published_checksum_the_archives_own_one_counts(
    server: Publisher, tmp_path: Path
) -> None:
    archive = bytearray(vosk_archive())
    archive[200] ^= 0xFF
    server.files[f"vosk/{PUBLISHED}.zip"] = bytes(archive)
    planned = plan(server)
    assert "CRC-32" in planned.checked_by

    with pytest.raises(ModelMissing, match="damaged"):
        fetch_and_install(planned, tmp_path)

    assert not (tmp_path / "models" / SMALL).exists()


def test_more_than_was_published_is_not_taken(server: Publisher, tmp_path: Path) -> None:
    archive = vosk_archive()
    server.publish_vosk(PUBLISHED, archive)
    planned = plan(server)
    server.files[f"vosk/{PUBLISHED}.zip"] = archive + bytes(5_000_000)

    with pytest.raises(ModelMissing, match="at most"):
        fetch_and_install(planned, tmp_path)


def test_where_nothing_is_reached_it_says_how_to_bring_it_by_hand(tmp_path: Path) -> None:
    with publisher() as gone:
        sources = gone.sources

    with pytest.raises(Unreachable) as failure:
        fetch_and_install(plan_for(find_entry(SMALL), sources), tmp_path)

    message = str(failure.value)
    assert f"{sources.vosk_files}{PUBLISHED}.zip" in message
    assert f"voxdesk models get {SMALL} --from" in message
    assert str(tmp_path / "models" / SMALL / "am" / "final.mdl") in message


def test_a_refusal_is_told_with_its_code(server: Publisher, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="404"):
        fetch_and_install(plan(server), tmp_path)


def test_a_name_that_the_publisher_doesnt_know_is_told(server: Publisher) -> None:
    server.publish_vosk("vosk-model-other-0.1", b"x")

    with pytest.raises(ModelMissing, match=PUBLISHED):
        plan(server)


def test_a_server_that_stalls_is_given_up(server: Publisher, tmp_path: Path) -> None:
    server.publish_vosk(PUBLISHED, vosk_archive())
    planned = plan(server)
    server.wait = threading.Event()

    with pytest.raises(Unreachable, match="timed out"):
        fetch_and_install(planned, tmp_path, limits=Limits(stall_timeout_s=0.2))


def test_a_server_that_trickles_is_given_up(server: Publisher, tmp_path: Path) -> None:
    server.publish_vosk(PUBLISHED, vosk_archive())
    limits = Limits(slowest_bytes_per_s=10**12, slow_window_s=0.0)

    with pytest.raises(Unreachable, match="slower than"):
        fetch_and_install(plan(server), tmp_path, limits=limits)


def test_a_file_that_is_there_is_not_fetched_twice(server: Publisher, tmp_path: Path) -> None:
    server.files["a"] = b"hello"
    file = RemoteFile(f"{server.url}a", "a", 5, md5(b"hello"), "md5")

    fetch(file, tmp_path)
    fetch(file, tmp_path)

    assert server.asked == ["a"]


def test_a_newer_copy_replaces_the_old_one(server: Publisher, tmp_path: Path) -> None:
    server.publish_vosk(PUBLISHED, vosk_archive())
    fetch_and_install(plan(server), tmp_path)
    server.publish_vosk(PUBLISHED, vosk_archive(extra_bytes=30_000))

    folder = fetch_and_install(plan(server), tmp_path)

    assert (folder / "am" / "final.mdl").stat().st_size == 30_000


def test_only_web_addresses_are_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")

    with pytest.raises(ModelMissing, match="not a web address"):
        fetch(RemoteFile(secret.as_uri(), "a"), tmp_path / "out")


def by_hand(name: str = SMALL) -> Plan:
    return plan_for(find_entry(name), Sources(), ask=False)


def test_an_archive_brought_by_hand_is_installed(tmp_path: Path) -> None:
    archive = tmp_path / "brought.zip"
    archive.write_bytes(vosk_archive())

    folder = install_from(by_hand(), archive, tmp_path / "state")

    assert (folder / "am" / "final.mdl").is_file()
    assert archive.exists()


def test_a_folder_brought_by_hand_is_installed(tmp_path: Path) -> None:
    unpacked = tmp_path / "usb" / PUBLISHED / "am"
    unpacked.mkdir(parents=True)
    (unpacked / "final.mdl").write_bytes(b"x")

    folder = install_from(by_hand(), tmp_path / "usb", tmp_path / "state")

    assert (folder / "am" / "final.mdl").is_file()


def test_a_voice_brought_without_its_configuration_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "zh_CN-huayan-medium.onnx").write_bytes(b"x")

    with pytest.raises(ModelMissing, match=r"huayan-medium\.onnx\.json missing"):
        install_from(by_hand("zh_CN-huayan-medium"), tmp_path, tmp_path / "state")


def test_nothing_brought_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no such file"):
        install_from(by_hand(), tmp_path / "nowhere", tmp_path / "state")
