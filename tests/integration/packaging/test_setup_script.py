"""`make setup` and what is around it, on small packages of our own and without a network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
BACKEND = """
import zipfile

FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: voxdesk\\nVersion: 0.1.0\\n",
    "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "RECORD": "",
}

def _wheel(folder):
    name = "voxdesk-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        for file, text in FILES.items():
            wheel.writestr("voxdesk-0.1.0.dist-info/" + file, text)
    return name

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory)

build_wheel = build_editable
"""


def make_wheel(folder: Path, name: str) -> str:
    """A package with one module; the sha256 of its wheel."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "WORKS = True\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={digest.decode().rstrip('=')},{len(text)}\n"
        for path, text in files.items()
        for digest in [base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())]
    )
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", record)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Clone:
    """A clean clone, whose packages are small and lie beside it."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self.wheels = wheels
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        (folder / "requirements").mkdir()
        (folder / "backend.py").write_text(BACKEND)
        (folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        )
        self.hashes = {
            name: make_wheel(self.wheels, name) for name in ("tool", "one", "two", "new")
        }
        self.lock("build", "tool")
        self.lock("base", "one")
        self.lock("dev", "one", "two")

    def lock(self, kind: str, *names: str, sha256: str = "") -> None:
        lines = [f"{n}==1.0 \\\n    --hash=sha256:{sha256 or self.hashes[n]}\n" for n in names]
        (self.folder / f"requirements/{kind}.lock").write_text("".join(lines))

    def setup(self, *arguments: str, **env: str) -> tuple[int, str]:
        """Exit code and everything said."""
        offline = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PYTHON": sys.executable,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            ["sh", str(self.folder / "scripts/setup.sh"), *arguments],
            env={name: value for name, value in (kept | offline | env).items() if value},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout

    def imports(self, *modules: str) -> bool:
        program = str(self.folder / ".venv/bin/python")
        code = f"import {', '.join(modules)}"
        return subprocess.run([program, "-c", code], timeout=60, check=False).returncode == 0


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    folder = tmp_path_factory.mktemp("set up") / "a clone"
    folder.mkdir()
    return Clone(folder, tmp_path_factory.mktemp("wheels"))


def test_one_environment_through_its_life(clone: Clone) -> None:
    """Set up, found up to date, extended, broken, and set up again; the path has spaces."""
    code, said = clone.setup()
    assert code == 0, said
    assert "Installing 1 packages (base)" in said
    assert "Ready after" in said
    assert clone.imports("one")
    assert not clone.imports("two")

    assert clone.setup() == (0, "")  # nothing to do, nothing said

    code, said = clone.setup("dev")
    assert code == 0, said
    assert "virtual environment" not in said
    assert clone.imports("one", "two")
    assert clone.setup("base") == (0, "")  # dev has all of base

    # Interrupted while it was made: the next run makes it anew.
    (clone.folder / ".venv/bin/python").unlink()
    code, said = clone.setup()
    assert code == 0, said
    assert "damaged or half made" in said
    assert clone.imports("one")


def test_a_package_that_was_tampered_with_is_not_installed(clone: Clone) -> None:
    clone.lock("dev", "new", sha256="0" * 64)

    code, said = clone.setup("dev")

    assert code == 1
    assert "not the one that was pinned" in said
    assert "setup.log" in said
    assert not clone.imports("new")


def test_without_a_network_it_says_so(clone: Clone) -> None:
    nobody = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    clone.lock("dev", "new")

    code, said = clone.setup("dev", **nobody)

    assert code == 1
    assert "can't be reached" in said


def test_a_folder_that_is_no_environment_is_left_alone(clone: Clone) -> None:
    precious = clone.folder / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")

    code, said = clone.setup("base", "--venv", "precious")

    assert code == 1
    assert "is not a virtual environment" in said
    assert (precious / "thesis.txt").exists()


def shell(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run shell code with the scripts' common functions."""
    return subprocess.run(
        ["sh", "-eu", "-c", f". scripts/lib.sh; {code}"],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_python_shim_that_fails_does_not_count(tmp_path: Path) -> None:
    for name in ("python3.11", "python3.12", "python3"):
        shim = tmp_path / name
        shim.write_text("#!/bin/sh\necho no such version >&2\nexit 127\n")
        shim.chmod(0o755)
    candidates = f'python_candidates() {{ echo python3.11; echo "{sys.executable}"; }}'

    found = shell(f"{candidates}; find_python", PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert found.stdout.strip() == sys.executable


def test_without_any_python_it_says_how_to_get_one() -> None:
    done = shell("python_candidates() { echo /no/such/python; }; find_python || no_python")

    assert done.returncode == 1
    for hint in ("apt install python3", "dnf install python3.12", "brew install", "uv python"):
        assert hint in done.stderr


def test_missing_peers_are_named_where_they_may_not_be_installed(tmp_path: Path) -> None:
    """With nothing but the tools that the script itself needs on the PATH."""
    for tool in ("sh", "dirname", "date", "mkdir", "tr", "id", "ls"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)

    done = subprocess.run(
        [str(tmp_path / "sh"), "scripts/peers.sh"],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "VOXDESK_NO_APT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "the tests that need them will be skipped" in done.stdout
    assert {"sip-tester", "baresip", "espeak-ng", "sox"} <= set(done.stdout.split())


def test_the_scripts_pass_shellcheck() -> None:
    scripts = [str(path) for path in (ROOT / "scripts").glob("*.sh")]
    done = subprocess.run(
        [str(BIN / "shellcheck"), "-x", *scripts, ".ci/run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert len(scripts) >= 4
    assert done.returncode == 0, done.stdout


def test_make_help_names_every_target() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed (Debian package: make)")
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = {line.removeprefix(".PHONY: ") for line in lines if line.startswith(".PHONY: ")}

    assert {"setup", "demo", "test", "lint", "types", "layers", "check", "bench"} <= targets
    assert {target for target in targets if f"make {target} " not in done.stdout} == set()
