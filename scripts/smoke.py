"""Does this environment run Voxdesk at all? Needs nothing but the base packages.

Imports every module, runs the command, checks the flows, and makes a whole call: real SIP, a
scripted caller and agent, real speech. Everything it writes goes to a temporary folder.

    scripts/smoke.py [PROMPTS]

PROMPTS: a folder for the prompts that are spoken, for who needs them afterwards.
"""

import contextlib
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("voxdesk", "telephony", "asr", "tts", "dialog", "crm", "recordings")
CALL_WITHIN_S = 240
OPTIONAL = {"torch", "pyannote"}  # of the extra "diarize"


def main() -> int:
    """Run every step; the exit code."""
    os.chdir(ROOT)
    started = time.monotonic()
    modules = import_everything()
    print(f"Python {sys.version.split()[0]}: {modules} modules import")
    with tempfile.TemporaryDirectory(prefix="voxdesk-smoke-") as state:
        if len(sys.argv) > 1:
            prompts = Path(sys.argv[1]).resolve()
            prompts.mkdir(parents=True, exist_ok=True)
            (Path(state) / "prompts").symlink_to(prompts)
        steps: list[tuple[list[str], float]] = [
            (["version"], 30),
            (["settings"], 30),
            (["flow", "check", "config/flows"], 60),
            (["flow", "test"], 60),
            (["agents", "add", "bob", "sip:bob@192.0.2.7"], 60),
            (["agents", "list"], 60),
            (["demo", "--once"], CALL_WITHIN_S),
        ]
        for arguments, within_s in steps:
            if not run(arguments, Path(state), within_s):
                return 1
    print(f"The smoke test passed, in {time.monotonic() - started:.0f} s")
    return 0


def import_everything() -> int:
    """Import each module of each package; how many there are, without those of extras."""
    count = 0
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            # Alembic's scripts only run inside Alembic; a __main__ would run.
            if ".migrations" in module.name or module.name.endswith("__main__"):
                continue
            try:
                importlib.import_module(module.name)
            except ModuleNotFoundError as missing:
                if missing.name not in OPTIONAL:
                    raise
                continue
            count += 1
    return count


def run(arguments: list[str], state: Path, within_s: float) -> bool:
    """Run `voxdesk`, quietly unless it fails."""
    command = [str(Path(sys.executable).parent / "voxdesk"), *arguments]
    env = os.environ | {"VOXDESK_STATE_DIR": str(state), "VOXDESK_SIP__PORT": "0"}
    shown = f"voxdesk {' '.join(arguments[:2])}"
    with tempfile.TemporaryFile("w+") as output:
        # A session of its own, so that nothing it started outlives it.
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            problem = f"exit code {code}" if (code := process.wait(within_s)) else ""
        except subprocess.TimeoutExpired:
            problem = f"not done within {within_s:g} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if problem:
            output.seek(0)
            print(f"{shown}: {problem}\n{output.read()}")
            return False
    print(f"{shown}: ok")
    return True


if __name__ == "__main__":
    sys.exit(main())
