"""Recordings from elsewhere over the API, until each is a call that can be read."""

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from crm.imports import repository
from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.imports.arriving import NotTaken, look_into_folder
from voxdesk.app.imports.work import release, work_on_one
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.unit


class Installation:
    def __init__(self, folder: Path) -> None:
        self._made = 0
        self.settings = Settings.model_validate(
            {"state_dir": folder, "imports": {"most_mb": 1, "folder": str(folder / "in")}}
        )
        prepare(self.settings.database_url)
        self.database = Database(self.settings.database_url)
        self.app = make_app(House(self.settings, self.database, SystemClock()))
        self.jobs = JobsHouse(
            self.settings, self.database, SystemClock(), library_of(self.settings)
        )

    def client(self, role: Role) -> TestClient:
        with self.database.transaction() as session:
            self._made += 1
            name = f"{role} {self._made}"
            _, secret = tokens.make(session, name, role, now=SystemClock().now())
        return TestClient(
            self.app,
            base_url=f"http://here{PREFIX}",
            headers={"Authorization": f"Bearer {secret}"},
        )

    @property
    def files(self) -> list[Path]:
        return list((self.settings.state_dir / "imports").glob("*"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    installed = Installation(tmp_path)
    yield installed
    installed.database.close()


def wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 8000, format="WAV")
    return file.getvalue()


def test_the_same_content_is_taken_once_and_silence_ends_in_a_sentence(
    house: Installation,
) -> None:
    supervisor = house.client(Role.SUPERVISOR)
    silent = wav(np.zeros(8000, np.int16))
    first = supervisor.post("/imports?name=../../etc/a%20call.wav", content=silent)
    again = supervisor.post("/imports?name=other.wav", content=silent)
    assert (first.status_code, again.status_code) == (202, 200)
    assert (again.json()["id"], again.json()["known"]) == (first.json()["id"], True)
    assert first.json()["name"] == "a call.wav"
    assert len(house.files) == 1

    assert work_on_one(house.jobs)
    assert not work_on_one(house.jobs)

    [seen] = house.client(Role.AUDITOR).get("/imports").json()["imports"]
    assert seen["state"] == "failed"
    assert seen["error"].startswith("Nobody speaks in this recording.")
    assert supervisor.post("/imports?name=a.wav", content=silent).status_code == 202
    assert len(house.files) == 1


def test_what_failed_keeps_its_file_until_it_is_tried_again_or_thrown_away(
    house: Installation,
) -> None:
    supervisor = house.client(Role.SUPERVISOR)
    sent = supervisor.post("/imports?name=page.wav", content=b"<html>no sound</html>").json()
    url = f"/imports/{sent['id']}"
    assert supervisor.post(f"{url}/retry").status_code == 409
    assert supervisor.delete(url).status_code == 409
    work_on_one(house.jobs)

    failed = supervisor.get(url).json()
    assert (failed["state"], failed["may_retry"]) == ("failed", True)
    assert "save it as WAV or MP3" in failed["error"]
    [kept] = house.files
    assert kept.read_bytes() == b"<html>no sound</html>"

    again = supervisor.post(f"{url}/retry").json()
    assert (again["state"], again["error"], again["percent"]) == ("waiting", "", 0)
    work_on_one(house.jobs)
    kept.unlink()
    assert supervisor.get(url).json()["may_retry"] is False
    refused = supervisor.post(f"{url}/retry")
    assert (refused.status_code, refused.json()["message"]) == (
        409, "Its file is no longer here; send it again.",
    )  # fmt: skip
    assert supervisor.delete(url).status_code == 204
    assert supervisor.get(url).status_code == 404
    assert not house.files


def test_a_pipeline_that_is_not_there_fails_the_import_and_keeps_its_file(
    house: Installation,
) -> None:
    supervisor = house.client(Role.SUPERVISOR)
    sent = supervisor.post("/imports", content=wav(np.zeros(8000, np.int16))).json()
    given = house.settings.imports.model_copy(update={"pyannote_folder": "/nowhere"})
    jobs = replace(house.jobs, settings=house.settings.model_copy(update={"imports": given}))
    work_on_one(jobs)

    failed = supervisor.get(f"/imports/{sent['id']}").json()
    assert failed["error"].startswith("imports.pyannote_folder: /nowhere is no folder.")
    assert failed["may_retry"]


def test_a_full_disk_is_told_before_anything_is_sent_in_vain(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(total=10**9, used=10**9 - 1000, free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: full)
    refused = house.client(Role.SUPERVISOR).post("/imports", content=b"x" * 20_000)
    assert refused.status_code == 507
    assert "no room for this file" in refused.json()["message"]
    assert not house.files


def test_what_an_upload_left_that_was_killed_is_swept_and_what_failed_is_not(
    house: Installation,
) -> None:
    supervisor = house.client(Role.SUPERVISOR)
    supervisor.post("/imports", content=b"no sound")
    work_on_one(house.jobs)
    [kept] = house.files
    orphan = kept.with_name("ab" * 12)
    orphan.write_bytes(b"half of it")
    for path in (kept, orphan):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    release(house.jobs)
    assert house.files == [kept]


@pytest.mark.parametrize("content", [b"", b"x" * 1_100_000])
def test_what_is_empty_or_too_large_is_not_kept(house: Installation, content: bytes) -> None:
    refused = house.client(Role.SUPERVISOR).post("/imports", content=content)
    assert refused.status_code in {400, 413}
    assert not house.files
    chunks = iter([content[:500_000], content[500_000:]])
    refused = house.client(Role.ADMINISTRATOR).post("/imports", content=chunks)
    assert refused.status_code in {400, 413}
    assert not house.files


def test_only_those_who_may_send_send_and_what_is_cancelled_is_gone(house: Installation) -> None:
    for role in (Role.OPS, Role.AGENT, Role.AUDITOR):
        assert house.client(role).post("/imports", content=b"RIFF").status_code == 403
    for role in (Role.OPS, Role.AGENT):
        assert house.client(role).get("/imports").status_code == 403
    supervisor = house.client(Role.SUPERVISOR)
    sent = supervisor.post("/imports", content=b"RIFF").json()

    gone = supervisor.post(f"/imports/{sent['id']}/cancel")
    assert gone.json()["state"] == "cancelled"
    assert supervisor.post(f"/imports/{sent['id']}/cancel").status_code == 409
    assert supervisor.post("/imports/nothing/cancel").status_code == 404
    assert not house.files
    assert not work_on_one(house.jobs)


def test_what_is_too_large_in_the_folder_is_seen_with_its_reason(house: Installation) -> None:
    folder = house.settings.state_dir / "in"
    folder.mkdir()
    (folder / "long.wav").write_bytes(b"x" * 1_100_000)
    (folder / "short.wav").write_bytes(b"y")
    for path in folder.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    look_into_folder(house.jobs)

    supervisor = house.client(Role.SUPERVISOR)
    listed = supervisor.get("/imports").json()
    assert listed["folder"] == str(folder)
    by_name = {one["name"]: one for one in listed["imports"]}
    assert by_name["short.wav"]["state"] == "waiting"
    large = by_name["long.wav"]
    assert (large["state"], large["may_retry"]) == ("failed", False)
    assert "at most 1 MB" in large["error"]
    assert str(folder / "refused") in large["error"]
    assert (folder / "refused" / "long.wav").stat().st_size == 1_100_000


def test_files_of_the_folder_are_taken_in_and_moved_away(house: Installation) -> None:
    folder = house.settings.state_dir / "in"
    with pytest.raises(NotTaken, match=r"imports\.folder"):
        look_into_folder(house.jobs)
    folder.mkdir()
    for name, content in (("a.wav", b"one"), ("b.mp3", b"one"), ("growing.wav", b"two")):
        (folder / name).write_bytes(content)
        if name != "growing.wav":
            os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    (folder / ".hidden").write_bytes(b"three")
    look_into_folder(house.jobs)

    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        ".hidden",
        "growing.wav",
    ]
    assert {path.name for path in (folder / "taken").iterdir()} == {"a.wav", "b.mp3"}
    with house.database.reading() as session:
        [one] = repository.newest(session)
    assert (one.name, one.source, one.started_at.year) == ("a.wav", "folder", 2023)
