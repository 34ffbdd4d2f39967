"""A publisher's web server on this machine, well or misbehaving, and models small enough for it."""

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from voxdesk.app.models.published import Sources

BLOCK = 4096


@dataclass
class Publisher:
    """What it has, and how it misbehaves.

    Attributes:
        files: path to content.
        cut_after: closes the connection after so many bytes of a body; None: never.
        wait: each block waits until this is set; None: it doesn't wait.
        ranges: whether parts can be asked for.
        asked: "path range" of each request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: int | None = None
    wait: threading.Event | None = None
    ranges: bool = True
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def sources(self) -> Sources:
        return Sources(
            vosk_files=f"{self.url}vosk/",
            vosk_list=f"{self.url}vosk/model-list.json",
            piper_files=f"{self.url}piper/",
            piper_list=f"{self.url}piper/voices.json",
        )

    def publish_vosk(self, name: str, archive: bytes) -> None:
        self.files[f"vosk/{name}.zip"] = archive
        self.files["vosk/model-list.json"] = json.dumps(
            [{"name": name, "size": len(archive), "md5": md5(archive), "lang": "en-us"}]
        ).encode()

    def publish_piper(self, voice: str, folder: str, model: bytes, config: bytes) -> None:
        card = b"# Model card\n* Language: zh_CN\n## Dataset\n* License: CC0\n"
        named = {
            f"{folder}/{voice}.onnx": model,
            f"{folder}/{voice}.onnx.json": config,
            f"{folder}/MODEL_CARD": card,
        }
        self.files |= {f"piper/{path}": data for path, data in named.items()}
        listed = {
            path: {"size_bytes": len(data), "md5_digest": md5(data)} for path, data in named.items()
        }
        self.files["piper/voices.json"] = json.dumps({voice: {"files": listed}}).encode()


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def vosk_archive(name: str = "vosk-model-small-en-us-0.15", extra_bytes: int = 20_000) -> bytes:
    """Looks like a Vosk model; not one that could hear."""
    out = io.BytesIO()
    noise = hashlib.shake_256(b"model").digest(extra_bytes)  # doesn't compress
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{name}/am/final.mdl", noise)
        packed.writestr(f"{name}/conf/model.conf", "--min-active=200\n")
    return out.getvalue()


@contextmanager
def publisher() -> Iterator[Publisher]:  # noqa: C901  one small server
    """Runs one in a thread, on a port of the system's choice."""
    state = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            asked_range = self.headers.get("Range", "")
            state.asked.append(f"{path} {asked_range}".strip())
            data = state.files.get(path)
            if data is None:
                self.send_error(404)
                return
            etag = f'"{md5(data)}"'
            start = 0
            if state.ranges and asked_range and self.headers.get("If-Range") == etag:
                start = int(asked_range.removeprefix("bytes=").rstrip("-"))
            if start > len(data):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            if state.ranges:
                self.send_header("ETag", etag)
            self.end_headers()
            self.send_body(data[start:])

        def send_body(self, body: bytes) -> None:
            sent = 0
            try:
                while sent < len(body):
                    if state.cut_after is not None and sent >= state.cut_after:
                        self.close_connection = True
                        return
                    if state.wait is not None:
                        state.wait.wait(10)
                    block = body[sent : sent + BLOCK]
                    self.wfile.write(block)
                    sent += len(block)
            except OSError:
                return  # the client has gone

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        if state.wait is not None:
            state.wait.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
