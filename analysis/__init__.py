"""Understanding: from texts and tables to judgements.

The inner loops may be compiled (`setup.py`): they say the same, sooner. In a checkout their sources change, and the program
must be what they say: where one is newer than what was made of them, all are read as Python again, for compiled modules call
each other in C. So they are where SUNWAI_PURE is set.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path


def _outdated(folders: Sequence[Path]) -> bool:
    """Is a source newer than the library of what was compiled, or gone; or is the library not there yet, or no more?"""
    suffix = EXTENSION_SUFFIXES[0]
    compiled = [path for folder in folders for path in folder.glob(f"*{suffix}")]
    try:
        made = [path.stat().st_mtime_ns for path in compiled if path.name.startswith("judging__")]
        sources = [path.with_name(path.name.replace(suffix, ".py")) for path in compiled if "__mypyc" not in path.name]
        return any(path.stat().st_mtime_ns > min(made, default=0) for path in sources)
    except FileNotFoundError:
        return True


def _choose() -> None:
    home = Path(__file__).parent
    folders = home, home / "lexicons"
    in_checkout = home.with_name("setup.py").exists()  # what is installed elsewhere never changes
    if os.environ.get("SUNWAI_PURE") or (in_checkout and _outdated(folders)):
        for folder in map(str, folders):
            sys.path_importer_cache[folder] = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


_choose()
