"""What is wrong is said before the first call: what, where, and what to do."""

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fixtures.system import copy_config, environment

from voxdesk.app import database as schema

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
ENDS_WITHIN_S = 90
AT_ONCE = 2  # programs that start side by side
LOOP = """
steps:
  first: {say: One., then: second}
  second: {say: Two., then: first}
"""
MISSING_STEP = """
steps:
  menu:
    menu: Tea or coffee?
    options:
      tea: {phrases: [tea], then: bye}
      coffee: {phrases: [coffee], then: bey}
  bye: {end: Bye.}
"""


@dataclass
class Installation:
    """One that is about to be started."""

    folder: Path
    config: Path
    env: dict[str, str]

    @property
    def database(self) -> Path:
        return self.folder / "var" / "voxdesk.db"


Spoil = Callable[[Installation], None]


def a_loop(here: Installation) -> None:
    (here.config / "flows" / "round.yaml").write_text(LOOP)


def a_missing_step(here: Installation) -> None:
    (here.config / "flows" / "tea.yaml").write_text(MISSING_STEP)


def a_flow_for_no_number(here: Installation) -> None:
    here.env["VOXDESK_CALLS__FLOW"] = "shp"


def a_missing_voice(here: Installation) -> None:
    here.env["VOXDESK_SPEECH__PIPER_VOICE"] = str(here.folder / "no-such-voice")


def a_missing_model(here: Installation) -> None:
    here.env["VOXDESK_RECOGNITION__ENGINE"] = "vosk"


def a_wrong_setting(here: Installation) -> None:
    (here.config / "voxdesk.yaml").write_text("sip:\n  prot: 5060\n  codecs: [G729]\n")


def no_database_server(here: Installation) -> None:
    here.env["VOXDESK_DATABASE__URL"] = "postgresql+psycopg://voxdesk@127.0.0.1:1/voxdesk"


def a_newer_database(here: Installation) -> None:
    schema.prepare(f"sqlite:///{here.database}")
    with sqlite3.connect(here.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")


def no_database_at_all(here: Installation) -> None:
    here.database.parent.mkdir()
    here.database.write_text("This is a letter, and no database. " * 50)


def a_state_directory_that_is_a_file(here: Installation) -> None:
    (here.folder / "var").write_text("in the way")


def a_state_directory_of_a_very_long_name(here: Installation) -> None:
    here.env["VOXDESK_STATE_DIR"] = str(here.folder / "/".join(["a_long_name"] * 9))


WRONGS: Mapping[Spoil, tuple[str, ...]] = {
    # What is wrong, and what its message has: what, where, what to do.
    a_loop: ("round.yaml:3", "loop", "first", "second", "Put an ask or a menu into it"),
    a_missing_step: ("tea.yaml:7", '"bey"', "no such step", 'Did you mean "bye"?'),
    a_flow_for_no_number: ("calls.flow", '"shp"', "shop"),
    a_missing_voice: ("no-such-voice", "voxdesk models get"),
    a_missing_model: ("recognition.engine", "vosk", "voxdesk models get"),
    a_wrong_setting: ("voxdesk.yaml:2", "prot", "Did you mean port?", "voxdesk.yaml:3", "G729"),
    no_database_server: ("127.0.0.1:1/voxdesk", "Is it running", "database.url"),
    a_newer_database: ("newer version", "voxdesk.db", "install the newer"),
    no_database_at_all: ("voxdesk.db", "not a database", "database.url"),
    a_state_directory_that_is_a_file: ("var", "state_dir"),
    a_state_directory_of_a_very_long_name: ("a_long_name", "state_dir", "shorter"),
}


def installation(folder: Path, spoil: Spoil) -> Installation:
    folder.mkdir()
    config = copy_config(folder)
    shutil.rmtree(config / "flows")
    (config / "flows").mkdir()
    (config / "flows" / "shop.yaml").write_text("steps: {bye: {end: Bye.}}\n")
    env = environment(folder, config) | {"VOXDESK_CONFIG": str(config / "voxdesk.yaml")}
    del env["VOXDESK_CALLS__NUMBERS"]
    here = Installation(folder, config, env)
    spoil(here)
    return here


async def serve(here: Installation) -> tuple[int, str]:
    """Exit code and output of `voxdesk serve`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "voxdesk.app.cli", "serve",
        env={**os.environ, "OMP_NUM_THREADS": "1", **here.env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), ENDS_WITHIN_S)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return process.returncode, output.decode()


def test_every_wrong_thing_is_named_and_ends_the_program(tmp_path: Path) -> None:
    async def all_of_them() -> list[tuple[int, str]]:
        free = asyncio.Semaphore(AT_ONCE)

        async def try_it(spoil: Spoil) -> tuple[int, str]:
            async with free:
                return await serve(installation(tmp_path / str(list(WRONGS).index(spoil)), spoil))

        return await asyncio.gather(*(try_it(spoil) for spoil in WRONGS))

    outcomes = asyncio.run(all_of_them())

    for (spoil, parts), (code, output) in zip(WRONGS.items(), outcomes, strict=True):
        told = f"{spoil.__name__}: {output}"
        assert code == 2, told
        assert "Traceback" not in output, told
        for part in parts:
            assert part in output, told


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        yield udp.getsockname()[1]


def test_a_taken_port_is_named_and_no_line_stays_behind(tmp_path: Path, taken_port: int) -> None:
    def take(here: Installation) -> None:
        here.env["VOXDESK_SIP__PORT"] = str(taken_port)

    here = installation(tmp_path / "taken", take)
    code, output = asyncio.run(serve(here))

    assert code == 2, output
    assert f"127.0.0.1:{taken_port}" in output
    assert "the port is taken" in output
    assert "sip.port" in output
    assert "Traceback" not in output
    assert not [path for path in (here.folder / "var" / "run").iterdir() if path.is_socket()]
