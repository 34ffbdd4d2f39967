"""What Kamailio is told: nothing that a setting says can become part of its program."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.kamailio import routes
from telephony.kamailio.config import kamailio_config, line_list, tls_config
from telephony.kamailio.ports import plan_ports
from telephony.kamailio.program import check_certificate
from telephony.kamailio.settings import DoorSettings, TlsFiles
from telephony.line.leg import FINAL_MARK
from telephony.line.settings import LineSettings
from telephony.line.sip_text import SOURCE_HEADER, read_invite, source_behind
from voxdesk.app.front_door import front_door, outbound_reserve
from voxdesk.app.settings import SipSettings
from voxdesk.kernel.errors import SettingsError, TelephonyError

pytestmark = pytest.mark.unit

DOOR = DoorSettings("0.0.0.0", 5060, "sip.example.com", 5070, (5071, 5072))  # noqa: S104
HOSTILE = st.text() | st.sampled_from(
    ['"', "1.2.3.4\nexit;", '1.2.3.4" name "x', "#!define A", "10.0.0.0/8 || 1 == 1", "$rd", "\\"]
)


@given(text=HOSTILE, name=st.sampled_from(["address", "public_host", "sources"]))
def test_no_string_breaks_out_of_the_configuration(text: str, name: str) -> None:
    value: Any = (text,) if name == "sources" else text
    try:
        settings = replace(DOOR, **{name: value})
    except TelephonyError:
        return
    plain = re.sub(r"\b\d+(\.\d+){3}(/\d+)?\b", "A", kamailio_config(settings))
    usual = re.sub(r"\b\d+(\.\d+){3}(/\d+)?\b", "A", kamailio_config(DOOR))
    if name == "public_host":
        assert re.fullmatch(r"[A-Za-z0-9.\-]+", text)
    elif name == "sources":
        plain = plain.replace("(src_ip == A)", "()")
    if name == "address":
        assert plain == usual


@given(port=st.integers() | st.text() | st.floats() | st.none())
def test_a_port_is_a_number_from_1_to_65535_or_refused(port: Any) -> None:
    try:
        settings = replace(DOOR, port=port)
    except TelephonyError:
        return
    assert 1 <= settings.port <= 65_535


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"address": "example.com"}, "sip.address"),
        ({"address": "::1"}, "IPv4"),
        ({"public_host": "a b"}, "sip.public_address"),
        ({"sources": ("everybody",)}, "sip.sources: 'everybody' is no network"),
        ({"line_ports": ()}, "1 to 32 lines"),
        ({"inner_port": 70_000}, "ports are 1 to 65535"),
        ({"calls_per_s": 0}, "calls_per_s"),
    ],
)
def test_what_cannot_be_is_named(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(TelephonyError, match=said):
        replace(DOOR, **changed)


def test_every_line_is_a_destination_and_has_a_mark_of_its_own() -> None:
    assert line_list(DOOR).splitlines() == [
        "1 sip:127.0.0.1:5071 0 0 duid=1",
        "1 sip:127.0.0.1:5072 0 0 duid=2",
    ]
    line = DOOR.behind(LineSettings(bind_address="0.0.0.0", port=5061), 1)  # noqa: S104
    assert (line.port, line.sip_address, line.bind_address) == (5072, "127.0.0.1", "0.0.0.0")  # noqa: S104
    assert line.front_door == "127.0.0.1:5070"
    assert line.contact == "sip.example.com:5060;vxl=2"
    assert LineSettings.from_json(line.to_json()) == line


def test_tls_has_a_socket_of_its_own_and_files_of_fixed_names() -> None:
    tls = TlsFiles(Path('/etc/"odd"\n/cert.pem'), Path("/etc/key.pem"), 5061)
    config = kamailio_config(replace(DOOR, tls=tls))
    assert "listen=tls:0.0.0.0:5061 advertise sip.example.com:5061" in config
    assert "odd" not in config + tls_config()
    assert "tls.so" not in kamailio_config(DOOR)


def test_the_words_for_sources() -> None:
    assert "src_ip == 192.0.2.0/24" in kamailio_config(replace(DOOR, sources=("192.0.2.9/24",)))
    assert "if (1 == 1) return;" in kamailio_config(replace(DOOR, sources=("all",)))
    assert "if (1 == 0) return;" in kamailio_config(replace(DOOR, sources=()))


def test_line_and_door_agree_on_their_headers() -> None:
    assert routes.FINAL_HEADER == FINAL_MARK
    assert routes.SOURCE_HEADER == SOURCE_HEADER


def test_a_line_believes_its_door_and_nobody_else() -> None:
    invite = (
        "INVITE sip:100@x SIP/2.0\r\nFrom: <sip:4711@x>\r\n"
        "X-Voxdesk-Source: 203.0.113.9:5060\r\n\r\n"
    )
    assert source_behind(invite, "127.0.0.1:5070", "127.0.0.1:5070") == "203.0.113.9:5060"
    assert source_behind(invite, "127.0.0.1:5999", "127.0.0.1:5070") is None
    assert (
        source_behind("INVITE sip:100@x SIP/2.0\r\n\r\n", "127.0.0.1:5070", "127.0.0.1:5070")
        is None
    )
    assert not read_invite(1, invite, "x").headers


def test_ports_follow_from_the_one_that_is_set(tmp_path: Path) -> None:
    ports = plan_ports("127.0.0.1", 5060, 3, tmp_path)
    assert (ports.outer, ports.inner, ports.lines) == (5060, 5070, (5071, 5072, 5073))
    high = plan_ports("127.0.0.1", 65_530, 3, tmp_path)
    assert max(high.inner, *high.lines) < 65_530
    free = plan_ports("127.0.0.1", 0, 3, tmp_path)
    assert len({free.outer, free.inner, *free.lines}) == 5


def test_certificate_and_key_that_do_not_fit_are_told_at_once(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path / "cert.pem", tmp_path / "key.pem")
    with pytest.raises(TelephonyError, match=r"sip\.tls\.certificate: .*cert\.pem can't be read"):
        check_certificate(files)
    files.certificate.write_text("no certificate")
    files.key.write_text("no key")
    with pytest.raises(TelephonyError, match="are no certificate with its key"):
        check_certificate(files)


# ------------------------------------------------------------------ from settings


def test_one_line_has_no_door_unless_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxdesk.app.front_door.find_kamailio", lambda: "/bin/true")
    monkeypatch.setattr("telephony.kamailio.program.find_kamailio", lambda: "/bin/true")
    assert front_door(SipSettings(), tmp_path) is None
    assert front_door(SipSettings(lines=2, front_door="off"), tmp_path) is None
    door = front_door(SipSettings(lines=2, address="127.0.0.1"), tmp_path)
    assert door is not None
    assert door.settings.addresses == ("sip:127.0.0.1:5060",)
    assert front_door(SipSettings(front_door="on"), tmp_path) is not None


def test_without_kamailio_auto_goes_on_and_on_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxdesk.app.front_door.find_kamailio", lambda: None)
    monkeypatch.setattr("telephony.kamailio.program.find_kamailio", lambda: None)
    assert front_door(SipSettings(lines=2), tmp_path) is None
    with pytest.raises(TelephonyError, match="apt-get install kamailio"):
        front_door(SipSettings(front_door="on"), tmp_path)


def test_half_of_tls_is_told(tmp_path: Path) -> None:
    half = SipSettings.model_validate({"tls": {"certificate": "/x"}})
    with pytest.raises(SettingsError, match="certificate and key"):
        front_door(half, tmp_path)
    doorless = SipSettings.model_validate(
        {"tls": {"certificate": "/x", "key": "/y"}, "front_door": "off"}
    )
    with pytest.raises(SettingsError, match="needs the front door"):
        front_door(doorless, tmp_path)


def test_a_quarter_is_kept_for_outbound_when_there_are_several_lines() -> None:
    assert outbound_reserve(SipSettings()) == 0
    assert outbound_reserve(SipSettings(lines=3)) == 1
    assert outbound_reserve(SipSettings(lines=3, outbound_legs=0)) == 0
