"""Where the settings are: known without reading them, which takes longer than many a command."""

import os
from pathlib import Path


def config_path() -> Path:
    """The settings file: `SUNWAI_CONFIG`, or `sunwai.toml` in the working folder."""
    return Path(os.environ.get("SUNWAI_CONFIG") or "sunwai.toml")
