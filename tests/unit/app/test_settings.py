from pathlib import Path

import pytest

from voxdesk.app.settings import describe, load_settings
from voxdesk.kernel.errors import SettingsError

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]


def write(folder: Path, text: str) -> Path:
    path = folder / "voxdesk.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str, **env: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings(write(folder, text), env=env)
    return str(refused.value)


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""), env={})

    assert settings.sip.port == 5060
    assert settings.database_url.startswith("sqlite:///")


def test_the_shipped_file_is_valid() -> None:
    load_settings(ROOT / "config" / "voxdesk.yaml", env={})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "sip:\n  port: 5070\n")

    settings = load_settings(path, env={"VOXDESK_SIP__PORT": "5080"})

    assert settings.sip.port == 5080


def test_a_list_can_come_from_the_environment(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""), env={"VOXDESK_SIP__CODECS": "[PCMA, PCMU]"})

    assert settings.sip.codecs == ("PCMA", "PCMU")


def test_a_misspelled_setting_is_named_with_its_line_and_the_right_name(tmp_path: Path) -> None:
    message = refusal(tmp_path, "# mine\nsip:\n  prot: 5060\n")

    assert "voxdesk.yaml:3" in message
    assert "sip.prot" in message
    assert "Did you mean port?" in message


def test_a_wrong_value_is_named_with_its_line_and_what_would_be_right(tmp_path: Path) -> None:
    message = refusal(tmp_path, "sip:\n  address: 127.0.0.1\n  srtp: maybe\n")

    assert "voxdesk.yaml:3" in message
    assert "'off', 'optional' or 'mandatory', not 'maybe'" in message


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, "sip:\n  port: 99999\ncalls:\n  language: 3\nfoo: 1\n")

    assert all(name in message for name in ("sip.port", "calls.language", "foo"))


def test_a_wrong_environment_variable_is_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, "", VOXDESK_SIP__PORT="many")

    assert "VOXDESK_SIP__PORT" in message


def test_a_password_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    message = refusal(tmp_path, "sip:\n  trunk:\n    password: [s3cret]\n")

    assert "password" in message
    assert "s3cret" not in message


@pytest.mark.parametrize("text", ["sip: [", "- 1\n- 2\n", "a: b: c"])
def test_what_is_not_a_settings_file_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    assert "voxdesk.yaml:1" in refusal(tmp_path, text)


def test_a_named_file_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(Path("nowhere.yaml"), env={})


def test_every_setting_is_explained() -> None:
    unexplained = [name for name, _, meaning in describe() if not meaning]

    assert unexplained == []


def test_the_settings_reference_is_up_to_date() -> None:
    text = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    rows = {line.split("|")[1].strip(" `"): line for line in text.splitlines() if "| `" in line}
    for name, _, meaning in describe():
        assert name in rows, f"{name} is not in docs/reference/settings.md: make docs-reference"
        assert meaning in rows[name]
