"""Recordings in any store that speaks S3.

Objects are the files as they are on disk: sealed before they leave the machine. They are read by
ranges, so that a moment of a long call costs a moment's bytes.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from recordings.sealed.reader import Source
from voxdesk.kernel.errors import RecordingUnreadable

WITHIN: Final = timedelta(seconds=20)
CONNECT_WITHIN: Final = timedelta(seconds=5)
TRIES: Final = 2
NOT_PARTIAL: Final = "non-partial response"
READ_BACK_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Bucket:
    """Which store, and as whom.

    Attributes:
        endpoint: its address; empty: Amazon's of the region.
        prefix: before every object's name, without "/" at its end.
    """

    name: str
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    prefix: str = ""
    path_style: bool = True

    def __repr__(self) -> str:
        return f"Bucket({self.name!r}, {self.endpoint!r})"


class S3Away:
    """One bucket. Its methods are called on any thread, and block."""

    def __init__(self, bucket: Bucket) -> None:
        """Nothing is asked of the store yet."""
        self._prefix = f"{bucket.prefix.strip('/')}/" if bucket.prefix.strip("/") else ""
        self.place = f"s3://{bucket.name}/{self._prefix}".rstrip("/")
        self._partial = True  # ranges are answered as HTTP wants it
        self._store = S3Store(
            bucket.name,
            endpoint=bucket.endpoint or None,
            region=bucket.region,
            access_key_id=bucket.access_key or None,
            secret_access_key=bucket.secret_key or None,
            virtual_hosted_style_request=not bucket.path_style,
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "timeout": WITHIN,
                "connect_timeout": CONNECT_WITHIN,
            },
            retry_config={"max_retries": TRIES, "retry_timeout": WITHIN},
        )

    def open(self, key: str) -> Source | None:
        """An object, to be read by ranges; None: there is none.

        Raises:
            RecordingUnreadable: the store can't be reached, or refuses.
        """
        with self._asked():
            try:
                size = obstore.head(self._store, self._prefix + key)["size"]
            except (NotFoundError, FileNotFoundError):
                return None
        return _Object(self, self._prefix + key, size)

    def read(self, path: str, offset: int, count: int) -> bytes:
        """A range of an object.

        Raises:
            RecordingUnreadable: the store can't be reached, refuses, or gave less.
        """
        with self._asked():
            if self._partial:
                try:
                    data = bytes(obstore.get_range(self._store, path, start=offset, length=count))
                    return self._demand(data, count)
                except BaseError as error:
                    if NOT_PARTIAL not in str(error):
                        raise
                    self._partial = False
            return self._demand(self._signed_range(path, offset, count), count)

    def _signed_range(self, path: str, offset: int, count: int) -> bytes:
        """The same of a store that gives the range and calls it the whole (rclone's does)."""
        url = obstore.sign(self._store, "GET", path, WITHIN)
        wanted = f"bytes={offset}-{offset + count - 1}"
        request = Request(url, headers={"Range": wanted})  # noqa: S310  of our own store's scheme
        with urlopen(request, timeout=WITHIN.total_seconds()) as answer:  # noqa: S310  the same
            given = str(answer.headers.get("Content-Range", ""))
            if not given.startswith(f"bytes {offset}-{offset + count - 1}/"):
                raise OSError("the store doesn't give ranges")
            return bytes(answer.read(count))

    def read_all(self, path: str, count: int) -> bytes:
        """A whole object. Errors as of `read`."""
        with self._asked():
            data = bytes(obstore.get(self._store, path).bytes())
        return self._demand(data, count)

    def _demand(self, data: bytes, count: int) -> bytes:
        if len(data) != count:
            raise RecordingUnreadable(f"{self.place} gave {len(data)} bytes instead of {count}")
        return data

    def put(self, key: str, path: Path) -> None:
        """Copy a file there; every byte is read back, so that the file may then be deleted.

        Raises:
            OSError: the file can't be read.
            RecordingUnreadable: the store can't be reached or refuses, or has something else.
        """
        with path.open("rb") as file:
            expected = hashlib.file_digest(file, "sha256").digest()
            file.seek(0)
            with self._asked():
                obstore.put(self._store, self._prefix + key, file)
        found = hashlib.sha256()
        with self._asked():
            stream = obstore.get(self._store, self._prefix + key).stream(READ_BACK_BYTES)
            for part in stream:
                found.update(part)
        if found.digest() != expected:
            raise RecordingUnreadable(f"{self.place}/{key} isn't what was sent there")

    def delete(self, key: str) -> bool:
        """Make an object go; whether there was one.

        Raises:
            RecordingUnreadable: the store can't be reached, or refuses.
        """
        with self._asked():
            try:
                obstore.head(self._store, self._prefix + key)
                obstore.delete(self._store, self._prefix + key)
            except (NotFoundError, FileNotFoundError):
                return False
        return True

    def objects(self, prefix: str = "") -> Iterator[str]:
        """What there is.

        Raises:
            RecordingUnreadable: the store can't be reached, or refuses.
        """
        with self._asked():
            for batch in obstore.list(self._store, prefix=self._prefix + prefix):
                for found in batch:
                    yield found["path"].removeprefix(self._prefix)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """The library's errors are long, and may have headers in them: only their kind is told."""
        try:
            yield
        except (BaseError, OSError) as error:
            raise RecordingUnreadable(
                f"the store of recordings, {self.place}, can't be used now "
                f"({type(error).__name__}); see the settings recording.store"
            ) from error


class _Object:
    """An object of a store, as a source of bytes."""

    def __init__(self, away: S3Away, path: str, size: int) -> None:
        self._away = away
        self._path = path
        self.size = size

    def read_at(self, offset: int, count: int) -> bytes:
        count = max(0, min(count, self.size - offset))
        if not count:
            return b""
        if count == self.size:  # some stores don't take all of it for a range
            return self._away.read_all(self._path, count)
        return self._away.read(self._path, offset, count)

    def close(self) -> None:
        pass
