"""The pictures of docs/dashboard.md: `python -m tests.browser.insight_pictures [FOLDER]` lives through the demo's past, some
minutes long, and takes them anew."""

import shutil
import socket
import sys
import threading
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from playwright.sync_api import sync_playwright

from analysis.rollup import rollup
from app import demo, demo_history
from app.opening import House
from app.web import create_app
from core.settings import Environment, parse
from core.store import open_store
from tests.repository.test_requirements import ROOT

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TAKEN = {
    "dashboard-overview": ("/?days=28", "light", 1180),
    "dashboard-trends": ("/trends?days=28&by=language", "light", 1000),
    "dashboard-people": ("/people?days=28&kind=detractor", "dark", 640),
    "dashboard-competitors": ("/competitors?days=28", "light", 800),
}
"""By name: the address, light or dark, and the height in pixels."""


def main(folder: Path) -> None:
    """Fill a store with sixty days, count them, and leave the pictures in `folder`."""
    with TemporaryDirectory() as made:
        home = Path(made)
        settings = parse(tomllib.loads(demo.settings(home, demo.PORTS)))
        store = open_store(f"sqlite:///{home / 'sunwai.db'}", migrate=True)
        house = House(settings, Environment(demo.environment(home, demo.PORTS, {})), store)
        demo_history.fill(house, NOW)
        rollup(store, settings, NOW)
        app = create_app(store, settings, now=lambda: NOW)
        bound = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        take(f"http://127.0.0.1:{bound.getsockname()[1]}", folder)
        server.should_exit = True
        thread.join()
        store.close()


def take(address: str, folder: Path) -> None:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, (path, scheme, height) in TAKEN.items():
            page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(address + path, wait_until="networkidle")
            page.wait_for_function("document.querySelectorAll('[data-chart]:not(.drawn)').length === 0")
            page.screenshot(path=str(folder / f"{name}.png"), animations="disabled")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
