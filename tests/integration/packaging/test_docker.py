"""The image and the compose file, as far as they can be checked without a container engine."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures import made_before

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
READY_WITHIN_S = 90
STOP_WITHIN_S = 30


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def dockerfile() -> Iterator[tuple[str, str]]:
    """Each instruction and its arguments, continued lines joined."""
    text = (ROOT / "docker/Dockerfile").read_text()
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", text)).splitlines()
    for line in filter(None, lines):
        instruction, _, arguments = line.partition(" ")
        yield instruction, arguments


def in_image(instruction: str) -> str:
    """The last instruction of this kind, which is the one that counts."""
    return [arguments for name, arguments in dockerfile() if name == instruction][-1]


def test_hadolint_finds_nothing() -> None:
    done = run(str(BIN / "hadolint"), "docker/Dockerfile")

    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_lint_finds_nothing_that_is_not_explained() -> None:
    done = run(
        *(str(BIN / "compose-lint"), "check", "--fail-on", "low", "--strict-config", "--quiet"),
        *("--config", "docker/compose-lint.yml", "--no-env", "docker/compose.yaml"),
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_goes_into_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {
        name.removesuffix("*")
        for name in project["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    ignore = (ROOT / "docker/Dockerfile.dockerignore").read_text().splitlines()
    taken = {line.removeprefix("!") for line in ignore if line.startswith("!")}

    assert packages <= taken
    assert {name for name in taken if not (ROOT / name).exists()} == set()


def test_packages_are_installed_by_hash_only() -> None:
    installs = [
        command
        for name, arguments in dockerfile()
        if name == "RUN"
        for command in arguments.split("&&")
        if "pip install" in command
    ]

    assert len(installs) == 3
    for command in installs:
        assert "--no-deps" in command
        assert "--require-hashes" in command or "--editable ." in command


def test_the_image_does_not_run_as_root() -> None:
    assert int(in_image("USER")) > 0


def test_the_images_entry_point_serves_on_this_machine(tmp_path: Path) -> None:
    """What the image would run, run here: it becomes healthy, and ends at SIGTERM."""
    entry = json.loads(in_image("ENTRYPOINT")) + json.loads(in_image("CMD"))
    healthy = json.loads(in_image("HEALTHCHECK").partition("CMD ")[2])
    env = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "VOXDESK_STATE_DIR": str(tmp_path / "a space"),
        "VOXDESK_SIP__PORT": "0",
        "OMP_NUM_THREADS": "1",
    }
    made_before.lay_in(tmp_path / "a space")
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            entry, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while subprocess.run(
            healthy, cwd=ROOT, env=env, capture_output=True, timeout=60, check=False
        ).returncode:
            assert server.poll() is None, f"{shlex.join(entry)} ended:\n{log.read_text()}"
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
        assert server.wait(STOP_WITHIN_S) == 0, log.read_text()
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
