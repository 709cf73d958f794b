"""The dashboard as a running web server, for the time of a `with`."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """This application at an address of this machine's own, which is what the `with` gives."""
    with (
        socket.create_server(("127.0.0.1", 0)) as bound,
        running(uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")), bound) as address,
    ):
        yield address


@contextmanager
def running(server: uvicorn.Server, bound: socket.socket) -> Iterator[str]:
    """This server on its socket, closed at the end: an address."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()
