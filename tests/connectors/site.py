"""A web site on loopback that answers as it is told, for what no well-made stand-in would send."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Site:
    """`answers` maps a path to (status, headers, body); `answer`, if set, gives JSON for the parameters of any other path.

    `asked` lists (path, headers) of what was asked.
    """

    answer: Callable[[dict[str, list[str]]], Any] | None = None

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                if status == 404 and site.answer is not None:
                    said = site.answer(parse_qs(urlsplit(self.path).query))
                    status, body = 200, json.dumps(said).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def says(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.answers[path] = (status, {k.replace("_", "-"): v for k, v in headers.items()}, raw)

    def run(self) -> None:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def open_site() -> Iterator[Site]:
    site = Site()
    site.run()
    try:
        yield site
    finally:
        site.stop()
