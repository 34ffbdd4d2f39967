"""What the doctor says of a machine, as its reader would see it."""

import json
import os
import socket
import ssl
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from voxdesk.app.commands.doctor import as_document, summary
from voxdesk.app.doctor import (
    addresses,
    at_rest,
    certificates,
    clocks,
    disk,
    door,
    holders,
    lines,
    machine,
    trunk,
)
from voxdesk.app.doctor.database import check_database
from voxdesk.app.doctor.der import validity_of
from voxdesk.app.doctor.examination import examine, has_problem
from voxdesk.app.doctor.finding import Finding, Level, Machine, ok, problem, warning
from voxdesk.app.doctor.ports import check_ports, state_of
from voxdesk.app.doctor.trunk import check_trunk, host_and_port, options, status_in
from voxdesk.app.settings import Settings

pytestmark = pytest.mark.unit
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def settings(tmp_path: Path, **sip: Any) -> Settings:
    return Settings.model_validate(
        {
            "state_dir": tmp_path / "var",
            "sip": {"address": "127.0.0.1", "port": 0} | sip,
            "observe": {"port": 0},
        }
    )


def levels(findings: Sequence[Finding]) -> list[str]:
    return [finding.level.value for finding in findings]


def taken(kind: int = socket.SOCK_DGRAM) -> socket.socket:
    held = socket.socket(socket.AF_INET, kind)
    held.bind(("127.0.0.1", 0))
    return held


# ------------------------------------------------------------------ ports


def test_a_port_that_another_program_has_is_named_with_that_program(tmp_path: Path) -> None:
    with taken() as held:
        port = held.getsockname()[1]
        findings = check_ports(Machine(settings(tmp_path, port=port, rtp_first_port=0)))
    assert levels(findings) == ["problem", "ok"]
    assert f"UDP port {port} of 127.0.0.1 is taken by " in findings[0].says
    assert f"(process {__import__('os').getpid()})" in findings[0].says
    assert "sip.port" in findings[0].mend


def test_a_port_of_the_running_engine_is_well(tmp_path: Path) -> None:
    with taken() as held:
        port = held.getsockname()[1]
        running = Machine(settings(tmp_path, port=port, rtp_first_port=0), {"calls": 0})
        findings = check_ports(running)
    assert levels(findings) == ["ok", "ok"]
    assert "running engine" in findings[0].says


def test_a_range_for_sound_must_have_room_and_not_overlap(tmp_path: Path) -> None:
    small = settings(tmp_path, lines=4, rtp_ports=8)
    assert "sip.rtp_ports to 32" in check_ports(Machine(small))[-1].mend
    overlap = settings(tmp_path, port=20_010)
    assert "overlaps" in check_ports(Machine(overlap))[-1].says


def test_an_address_that_is_not_ours_is_told(tmp_path: Path) -> None:
    foreign = settings(tmp_path, address="192.0.2.77", port=5099, rtp_first_port=0)
    [sip, _] = check_ports(Machine(foreign))
    assert sip.level is Level.PROBLEM
    assert "no address of this machine" in sip.says


def test_more_lines_than_ports_is_a_problem(tmp_path: Path) -> None:
    assert (
        "65536"
        in check_ports(Machine(settings(tmp_path, port=65_535, lines=2, front_door="off")))[0].says
    )


def test_a_port_that_may_be_had_is_free() -> None:
    with taken() as held:
        port = held.getsockname()[1]
    assert state_of("127.0.0.1", port, "udp") == 0
    assert holders.holder_of(port, "udp") == ""


# ------------------------------------------------------------------ address


@pytest.mark.parametrize(
    ("local", "public", "resolved", "registrar", "level", "says"),
    [
        ("127.0.0.1", "", "", "", "ok", "only programs of this machine"),
        ("192.168.1.9", "", "", "", "ok", "private address"),
        ("192.168.1.9", "", "", "sip.example.com", "warning", "may be outside"),
        ("8.8.8.8", "", "", "", "ok", "a public address"),
        ("", "", "", "", "problem", "no network address"),
        ("10.0.0.1", "9.9.9.9", "9.9.9.9", "", "ok", "Callers are told 9.9.9.9"),
        ("10.0.0.1", "no.such.host", "", "", "problem", "can't be resolved"),
        ("10.0.0.1", "localhost", "127.0.0.1", "", "problem", "nobody else can reach"),
        ("10.0.0.1", "10.1.1.1", "10.1.1.1", "", "warning", "private address"),
    ],
)
def test_what_callers_see(  # noqa: PLR0917
    local: str, public: str, resolved: str, registrar: str, level: str, says: str
) -> None:
    found = addresses.judge(local=local, public=public, resolved=resolved, registrar=registrar)
    assert found.level.value == level
    assert says in found.says


# ------------------------------------------------------------------ lines


def test_a_codec_that_the_library_lacks_is_named(tmp_path: Path) -> None:
    said = {"version": "2.15", "capacity": 4, "codecs": ["PCMU/8000/1", "PCMA/8000/1"]}
    found = list(lines.judge_library(Machine(settings(tmp_path, lines=3)), said))
    assert "3 lines can hold 12 call legs, 4 each" in found[0].says
    assert found[1].level is Level.PROBLEM
    assert "G722" in found[1].says


def test_the_installed_library_can_be_asked(tmp_path: Path) -> None:
    assert levels(lines.check_lines(Machine(settings(tmp_path)))) == ["ok", "ok"]


def test_several_lines_need_kamailio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "find_kamailio", lambda: None)
    [found] = door.check_door(Machine(settings(tmp_path, lines=2)))
    assert found.level is Level.WARNING
    assert "apt install kamailio" in found.mend
    [found] = door.check_door(Machine(settings(tmp_path, lines=2, front_door="on")))
    assert found.level is Level.PROBLEM
    assert door.check_door(Machine(settings(tmp_path))) == []


def test_a_front_door_has_the_port_for_all_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "find_kamailio", lambda: "/usr/sbin/kamailio")
    behind = settings(tmp_path, port=65_535, lines=3, rtp_first_port=0)
    assert levels(check_ports(Machine(behind))) == ["ok", "ok"]


# ------------------------------------------------------------------ trunk


def test_a_registrar_is_a_host_and_a_port() -> None:
    assert host_and_port("sip.example.com") == ("sip.example.com", 5060)
    assert host_and_port("sip.example.com:5080") == ("sip.example.com", 5080)
    assert host_and_port("[2001:db8::1]:5061") == ("2001:db8::1", 5061)


def test_what_answers_options() -> None:
    assert status_in(b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n") == "200 OK"
    assert status_in(b"HTTP/1.1 200 OK\r\n\r\n") is None
    assert status_in(b"SIP/2.0 200 \x1b[31m" + b"x" * 500 + b"\r\n") == "200 [31m" + "x" * 32
    asked = options("sip.example.com", ("192.0.2.1", 5060), "udp", "abc").decode()
    assert asked.startswith("OPTIONS sip:sip.example.com SIP/2.0\r\n")
    assert asked.endswith("Content-Length: 0\r\n\r\n")


def test_a_trunk_that_says_nothing_is_a_problem_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trunk, "TRIES_S", (0.05, 0.05))
    with taken() as silent:
        registrar = f"127.0.0.1:{silent.getsockname()[1]}"
        chosen = settings(tmp_path, trunk={"registrar": registrar, "user": "me"})
        found = check_trunk(Machine(chosen))
    assert levels(found) == ["ok", "problem"]
    assert "does not answer SIP" in found[1].says


def test_a_trunk_whose_name_is_unknown(tmp_path: Path) -> None:
    chosen = settings(tmp_path, trunk={"registrar": "no.such.host.invalid", "user": "me"})
    [found] = check_trunk(Machine(chosen))
    assert "can't be resolved" in found.says
    assert check_trunk(Machine(settings(tmp_path))) == []


# ------------------------------------------------------------------ certificates


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pem")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "40",
             "-subj", "/CN=sip.example.com", "-keyout", key, "-out", certificate],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        pytest.skip("openssl is not installed (Debian package: openssl)")
    return certificate, key


def test_a_certificate_is_read_by_its_dates(pem: tuple[Path, Path]) -> None:
    certificate, key = pem
    begins, ends = validity_of(ssl.PEM_cert_to_DER_cert(certificate.read_text()))
    assert timedelta(days=39) < ends - begins < timedelta(days=41)
    now = datetime.now(UTC)
    assert levels(list(certificates.look_at(certificate, key, now))) == ["ok", "ok"]
    later = certificates.look_at(certificate, key, now + timedelta(days=30))
    assert "expires in" in next(iter(later)).says
    expired = certificates.look_at(certificate, key, now + timedelta(days=50))
    assert next(iter(expired)).level is Level.PROBLEM


def test_a_key_of_another_certificate_is_told(pem: tuple[Path, Path], tmp_path: Path) -> None:
    certificate, _ = pem
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "genrsa", "-out", other, "2048"], check=True, capture_output=True, timeout=30
    )
    found = list(certificates.look_at(certificate, other, datetime.now(UTC)))
    assert "is not the key of" in found[1].says
    missing = list(certificates.look_at(certificate, tmp_path / "none", datetime.now(UTC)))
    assert "can't be read" in missing[1].says


def test_what_is_no_certificate(tmp_path: Path) -> None:
    nonsense = tmp_path / "x.pem"
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    [found] = certificates.look_at(nonsense, nonsense, NOW)
    assert "no PEM certificate" in found.says


def test_settings_without_tls_have_no_certificate_to_look_at(
    pem: tuple[Path, Path], tmp_path: Path
) -> None:
    assert certificates.check_certificates(Machine(settings(tmp_path))) == []
    certificate, key = pem
    tls = settings(tmp_path, tls={"certificate": str(certificate), "key": str(key)})
    assert levels(certificates.check_certificates(Machine(tls))) == ["ok", "ok"]


# ------------------------------------------------------------------ disk, clock, machine, database


def test_room_on_the_disk(tmp_path: Path) -> None:
    assert disk.judge(100 << 20, tmp_path, recording=True).level is Level.PROBLEM
    assert disk.judge(2 << 30, tmp_path, recording=True).level is Level.WARNING
    assert "hours of recorded calls" in disk.judge(50 << 30, tmp_path, recording=True).says
    assert "hours" not in disk.judge(50 << 30, tmp_path, recording=False).says
    file = tmp_path / "file"
    file.touch()
    [found] = disk.look_at(file, recording=True)
    assert found.level is Level.PROBLEM
    assert list(tmp_path.iterdir()) == [file], "nothing is left behind"


def test_the_clock() -> None:
    assert clocks.judge_synchronized(True).level is Level.OK  # noqa: FBT003
    assert clocks.judge_synchronized(False).level is Level.WARNING  # noqa: FBT003
    assert "can say" in clocks.judge_synchronized(None).says


def test_processors_files_and_memory() -> None:
    assert levels(list(machine.judge_processors(2, 4, "8"))) == ["warning", "warning", "ok"]
    assert levels(list(machine.judge_processors(4, 2, "1"))) == ["ok"]
    assert machine.judge_descriptors(256, 10).level is Level.PROBLEM
    assert machine.judge_descriptors(4096, 10).level is Level.OK
    assert machine.available_mb("MemTotal: 1 kB\nMemAvailable:  2097152 kB\n") == 2048
    assert machine.judge_memory(500, 1).level is Level.WARNING


def test_a_database_that_is_away_or_not_there_yet(tmp_path: Path) -> None:
    [new] = check_database(Machine(settings(tmp_path)))
    assert "not there yet" in new.says
    away = Settings.model_validate(
        {"database": {"url": "postgresql+psycopg://me:secret@127.0.0.1:1/voxdesk"}}
    )
    [found] = check_database(Machine(away))
    assert found.level is Level.PROBLEM
    assert "secret" not in found.says + found.mend
    assert "database.url" in found.mend


# ------------------------------------------------------------------ the whole


def test_a_check_that_fails_itself_hides_no_other(tmp_path: Path) -> None:
    def broken(_: Machine) -> Sequence[Finding]:
        raise RuntimeError("of its own")

    found = examine(
        settings(tmp_path), {"broken": broken, "well": lambda _: [ok("well", "It is.")]}
    )
    assert levels(found) == ["ok", "warning", "ok"]
    assert "RuntimeError" in found[1].says
    assert not has_problem(found)


def test_the_report_says_what_it_comes_to() -> None:
    found = [ok("a", "A."), warning("b", "B.", "Do b."), problem("c", "C.", "Do c.")]
    assert str(summary(found)).strip() == "1 problem and 1 warning."
    assert str(summary(found[:1])).strip() == "All is well."
    document = json.loads(as_document(found))
    assert document["ok"] is False
    assert document["findings"][2] == {
        "area": "c", "level": "problem", "says": "C.", "mend": "Do c.",
    }  # fmt: skip


def test_an_encrypted_disk_is_known_through_its_layers(tmp_path: Path) -> None:
    for number, uuid, below in (
        ("253:2", "LVM-abc", "253:1"),  # a volume on a sealed partition
        ("253:1", "CRYPT-LUKS2-def", "8:1"),
        ("253:3", "LVM-ghi", "8:1"),
        ("8:1", "", ""),
    ):
        (tmp_path / number / "dm").mkdir(parents=True)
        if uuid:
            (tmp_path / number / "dm" / "uuid").write_text(uuid)
        if below:
            (tmp_path / number / "slaves").mkdir()
            (tmp_path / number / "slaves" / "x").symlink_to(tmp_path / below)
    told = [
        at_rest.is_encrypted(os.makedev(*number), tmp_path)
        for number in ((253, 2), (253, 1), (253, 3), (8, 1), (0, 42))
    ]
    assert told == [True, True, False, False, None]
    found = [at_rest.judge(one, database="sqlite:///x") for one in (True, False, None)]
    assert levels(found) == ["ok", "warning", "ok"]
    assert levels([at_rest.judge(False, database="postgresql://x")]) == ["ok"]  # noqa: FBT003
