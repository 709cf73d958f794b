"""The `.env` file, which every command reads before it does anything: so without what only some of them need."""

import os
from pathlib import Path

from app.guard import MARK
from core.places import config_path


def read_dotenv() -> None:
    """Add what the `.env` beside the settings file, else the one in the working folder, sets to the environment, which wins
    where both speak.

    The process's own environment, for proxies and certificates are read from there by the libraries themselves. The demo
    takes nothing from there, for real keys are none of its business.
    """
    places = (config_path().parent / ".env", Path(".env"))
    path = next((place for place in places if place.is_file()), None)
    if path is not None and not os.environ.get(MARK):
        from dotenv import dotenv_values

        for name, value in dotenv_values(path).items():
            if value:
                os.environ.setdefault(name, value)
