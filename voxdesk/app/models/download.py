"""Fetch one file over HTTP: bounded, resumed where it was cut, checked before it counts."""

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voxdesk.kernel.errors import ModelMissing

STALL_TIMEOUT_S = 20.0
SLOWEST_BYTES_PER_S = 1_000
_SLOW_WINDOW_S = 60.0
_BLOCK = 1 << 16
_USER_AGENT = "voxdesk-models"
_PARTIAL, _RANGE_NOT_SATISFIABLE = 206, 416

Progress = Callable[[int, int], None]
"""Called with bytes so far and bytes in all (0: unknown)."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a publisher.

    Attributes:
        url: where it is.
        name: file name here.
        size_bytes: as published; None: unknown.
        checksum: hex digest as published; empty: none is.
        algorithm: of the checksum, "md5" or "sha256".
    """

    url: str
    name: str
    size_bytes: int | None = None
    checksum: str = ""
    algorithm: str = "sha256"


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient and how greedy a download may be."""

    max_bytes: int = 6_000_000_000
    stall_timeout_s: float = STALL_TIMEOUT_S
    slowest_bytes_per_s: int = SLOWEST_BYTES_PER_S
    slow_window_s: float = _SLOW_WINDOW_S


DEFAULT_LIMITS = Limits()


class Unreachable(ModelMissing):
    """The publisher can't be reached from here, or stopped in the middle."""

    code = "model_unreachable"


def fetch(
    file: RemoteFile,
    folder: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    limits: Limits = DEFAULT_LIMITS,
) -> Path:
    """The file, complete and checked, at `folder/name`. A cut download is gone on with next time.

    Raises:
        Unreachable: no connection, a refusal, or too slow; what came is kept for the next try.
        ModelMissing: what came is not what was published; nothing is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    if target.is_file():
        if _problem(file, target) is None:
            return target
        target.unlink()
    part = folder / f"{file.name}.part"
    try:
        _transfer(file, part, progress, limits)
    except urllib.error.HTTPError as error:
        raise Unreachable(f"{file.url}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(f"{file.url}: {reason or type(error).__name__}") from error
    problem = _problem(file, part)
    if problem is not None:
        _discard(part)
        raise ModelMissing(
            f"{file.url}: {problem}. What came was thrown away; try again, and if it stays, the "
            "publisher's file or list is wrong."
        )
    part.replace(target)
    _discard(part)
    return target


def fetch_text(url: str, *, max_bytes: int = 8_000_000, timeout_s: float = 15.0) -> str:
    """A small text, such as a publisher's list.

    Raises:
        Unreachable: it can't be had.
    """
    try:
        with _open(url, {}, timeout_s) as response:
            data: bytes = response.read(max_bytes + 1)
    except urllib.error.HTTPError as error:
        raise Unreachable(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{url}: {getattr(error, 'reason', None) or error}") from error
    if len(data) > max_bytes:
        raise Unreachable(f"{url}: more than {max_bytes} bytes")
    return data.decode("utf-8", "replace")


def _transfer(file: RemoteFile, part: Path, progress: Progress, limits: Limits) -> None:
    have, validator = _resumable(file, part)
    headers = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
    try:
        response = _open(file.url, headers, limits.stall_timeout_s)
    except urllib.error.HTTPError as error:
        if error.code != _RANGE_NOT_SATISFIABLE or not have:
            raise
        _discard(part)
        have = 0
        response = _open(file.url, {}, limits.stall_timeout_s)
    with response:
        if response.status != _PARTIAL:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else file.size_bytes or 0
        most = min(limits.max_bytes, file.size_bytes or limits.max_bytes)
        if total > most:
            raise ModelMissing(f"{file.url}: {total} bytes, but at most {most} were expected")
        _remember(file, part, response)
        _copy(response, part, have, total, most, progress, limits)


def _copy(  # noqa: PLR0917  one loop, its few numbers
    response: Any,
    part: Path,
    have: int,
    total: int,
    most: int,
    progress: Progress,
    limits: Limits,
) -> None:
    window_start, window_bytes = time.monotonic(), 0
    with part.open("ab" if have else "wb") as out:
        progress(have, total)
        while block := response.read1(_BLOCK):
            have += len(block)
            window_bytes += len(block)
            if have > most:
                raise ModelMissing(f"{part.stem}: more than the {most} bytes that were expected")
            out.write(block)
            progress(have, total)
            waited = time.monotonic() - window_start
            if waited >= limits.slow_window_s:
                if window_bytes < limits.slowest_bytes_per_s * waited:
                    raise TimeoutError(f"slower than {limits.slowest_bytes_per_s} bytes a second")
                window_start, window_bytes = time.monotonic(), 0
    if total and have < total:
        raise ConnectionError(
            f"cut after {have} of {total} bytes; run it again to go on from there"
        )


def _open(url: str, headers: dict[str, str], timeout_s: float) -> Any:
    if not url.startswith(("https://", "http://")):
        raise ModelMissing(f"{url}: not a web address")
    request = urllib.request.Request(url, headers={"User-Agent": _USER_AGENT, **headers})  # noqa: S310  checked above
    return urllib.request.urlopen(request, timeout=timeout_s)  # noqa: S310


# What a partial file is a part of: without it, bytes of two versions could be joined.


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _remember(file: RemoteFile, part: Path, response: Any) -> None:
    validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    if validator.startswith("W/"):  # weak: not for ranges (RFC 9110, 13.1.5)
        validator = ""
    _note(part).write_text(json.dumps({"url": file.url, "validator": validator}))


def _resumable(file: RemoteFile, part: Path) -> tuple[int, str]:
    try:
        note = json.loads(_note(part).read_text())
        have = part.stat().st_size
    except (OSError, ValueError):
        return 0, ""
    if note.get("url") != file.url or not note.get("validator"):
        return 0, ""
    return have, str(note["validator"])


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _problem(file: RemoteFile, path: Path) -> str | None:
    size = path.stat().st_size
    if file.size_bytes is not None and size != file.size_bytes:
        return f"{size} bytes came, {file.size_bytes} are published"
    if not file.checksum:
        return None
    digest = hashlib.new(file.algorithm, usedforsecurity=False)
    with path.open("rb") as data:
        while block := data.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != file.checksum.lower():
        return f"its {file.algorithm.upper()} is not the published one"
    return None
