"""Does this environment run Voxdesk at all? Needs nothing but the base packages.

Imports every module, runs the command, checks the flows, and makes a whole call: real SIP, a
scripted caller and agent, real speech. Everything it writes goes to a temporary folder.
"""

import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("voxdesk", "telephony", "asr", "tts", "dialog", "crm", "recordings")
CALL_WITHIN_S = 240


def main() -> int:
    """Run every step; the exit code."""
    os.chdir(ROOT)
    started = time.monotonic()
    modules = import_everything()
    print(f"Python {sys.version.split()[0]}: {modules} modules import")
    with tempfile.TemporaryDirectory(prefix="voxdesk-smoke-") as state:
        flows = sorted(str(path) for path in (ROOT / "config/flows").glob("*.yaml"))
        steps: list[tuple[list[str], float]] = [
            (["version"], 30),
            (["settings"], 30),
            (["flow", "check", *flows], 60),
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
    """Import each module of each package; how many there are."""
    count = 0
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            # Alembic's scripts only run inside Alembic; a __main__ would run.
            if ".migrations" in module.name or module.name.endswith("__main__"):
                continue
            importlib.import_module(module.name)
            count += 1
    return count


def run(arguments: list[str], state: Path, within_s: float) -> bool:
    """Run `voxdesk`, quietly unless it fails."""
    command = [str(Path(sys.executable).parent / "voxdesk"), *arguments]
    env = os.environ | {"VOXDESK_STATE_DIR": str(state), "VOXDESK_SIP__PORT": "0"}
    shown = f"voxdesk {' '.join(arguments[:2])}"
    try:
        done = subprocess.run(
            command, env=env, timeout=within_s, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
        text = output.decode(errors="replace") if isinstance(output, bytes) else output
        print(f"{shown}: not done within {within_s:g} s\n{text}")
        return False
    if done.returncode != 0:
        print(f"{shown}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        return False
    print(f"{shown}: ok")
    return True


if __name__ == "__main__":
    sys.exit(main())
