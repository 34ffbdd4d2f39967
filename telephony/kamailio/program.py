"""Finding Kamailio, and asking it what it thinks of a configuration."""

import asyncio
import contextlib
import os
import shutil
import ssl
from pathlib import Path
from typing import Final

from telephony.kamailio.config import (
    CERTIFICATE,
    CONFIG,
    KEY,
    LINE_LIST,
    TLS_CONFIG,
    kamailio_config,
    line_list,
    tls_config,
)
from telephony.kamailio.settings import DoorSettings, TlsFiles
from voxdesk.kernel.errors import TelephonyError

CHECK_WITHIN_S: Final = 20.0
_ALSO_IN: Final = ("/usr/sbin", "/usr/local/sbin")
"""Where Debian puts it; an ordinary user's PATH doesn't name these."""


def find_kamailio() -> str | None:
    """Its path, or None."""
    return shutil.which("kamailio", path=os.pathsep.join((os.environ.get("PATH", ""), *_ALSO_IN)))


def require_kamailio() -> str:
    """Its path.

    Raises:
        TelephonyError: it isn't there; says what to install.
    """
    found = find_kamailio()
    if found is None:
        raise TelephonyError(
            "The front door (sip.front_door, sip.tls) is a Kamailio, and there is none here. "
            "Install it: `apt-get install kamailio kamailio-tls-modules` (Debian, Ubuntu)."
        )
    return found


def write_files(settings: DoorSettings, run_dir: Path) -> bool:
    """Write what Kamailio reads; whether anything is other than before.

    Raises:
        TelephonyError: certificate or key can't be used.
    """
    texts = {CONFIG: kamailio_config(settings), LINE_LIST: line_list(settings)}
    links: dict[str, Path] = {}
    if settings.tls is not None:
        check_certificate(settings.tls)
        texts[TLS_CONFIG] = tls_config()
        links = {CERTIFICATE: settings.tls.certificate, KEY: settings.tls.key}
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    changed = [_write(run_dir / name, text) for name, text in texts.items()]
    changed += [_link(run_dir / name, target) for name, target in links.items()]
    return any(changed)


def check_certificate(files: TlsFiles) -> None:
    """Whether certificate and key are readable and belong together.

    Raises:
        TelephonyError: they aren't; says which.
    """
    for name, path in (("certificate", files.certificate), ("key", files.key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise TelephonyError(
                f"sip.tls.{name}: {path} can't be read: {error.strerror}."
            ) from error
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            files.certificate, files.key, password=lambda: ""
        )
    except (ssl.SSLError, ValueError) as error:
        raise TelephonyError(
            f"sip.tls: {files.certificate} and {files.key} are no certificate with its key "
            f"({getattr(error, 'reason', None) or error}). Both must be PEM files, the key "
            "without a passphrase."
        ) from error


async def check(program: str, run_dir: Path) -> None:
    """Let Kamailio read its configuration.

    Raises:
        TelephonyError: it refuses; says what it said.
    """
    process = await asyncio.create_subprocess_exec(
        program, "-c", "-f", str(run_dir / CONFIG), "-Y", str(run_dir), "-w", str(run_dir),
        cwd=run_dir, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            output, _ = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        raise TelephonyError(_refusal(output.decode(errors="replace"), run_dir))


def _refusal(said: str, run_dir: Path) -> str:
    if "tls.so" in said:
        return "Kamailio has no TLS here: `apt-get install kamailio-tls-modules` (Debian, Ubuntu)."
    lines = [line for line in said.splitlines() if "ERROR" in line or "CRITICAL" in line]
    first = lines[0].partition("): ")[2] or lines[0] if lines else said.strip()[-200:]
    return (
        f"Kamailio doesn't take {run_dir / CONFIG}: {first}. Voxdesk is tried with Kamailio 5.6 "
        "(`kamailio -v`); with another one, set sip.front_door: off."
    )


def _write(path: Path, text: str) -> bool:
    with contextlib.suppress(OSError):
        if path.read_text() == text:
            return False
    new = path.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o600)
    new.replace(path)
    return True


def _link(path: Path, target: Path) -> bool:
    target = target.absolute()
    with contextlib.suppress(OSError):
        if path.readlink() == target:
            return False
    path.unlink(missing_ok=True)
    path.symlink_to(target)
    return True
