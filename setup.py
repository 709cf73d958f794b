"""Compiles the inner loops of judging where a C compiler and Python's headers are at hand; all else is in pyproject.toml.

They are plain typed Python that mypy's own compiler, mypyc, makes a third faster; they say the same either way. Where they
cannot be compiled, or SUNWAI_PURE is set, the package is installed without: what goes wrong here never fails an install.
What is compiled in a checkout is used until one of these sources changes; see `analysis`.
"""

import os
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

COMPILED = (
    "analysis/cues.py",
    "analysis/evidence.py",
    "analysis/facts.py",
    "analysis/floors.py",
    "analysis/judge.py",
    "analysis/language.py",
    "analysis/remembered.py",
    "analysis/sentiment.py",
    "analysis/urgency.py",
    "analysis/words.py",
    "analysis/lexicons/english.py",
    "analysis/lexicons/hindi.py",
    "analysis/lexicons/scoring.py",
    "analysis/lexicons/turkish.py",
    "analysis/lexicons/vader.py",
)
"""Where judging spends its time. `scripts/setup` looks here for what it watches. Their constants are `Final`: C reads such a
one directly, and looks any other up by its name each time."""
LIBRARY = "analysis.judging"
BEGUN = time()
CHECKED = ("--config-file=", "--no-site-packages", "--ignore-missing-imports", "--follow-imports=silent")


def compiled(place: str) -> list[Extension]:
    """The compiled modules, written down in C at a `place`; none where they are not wanted or cannot be had."""
    builds = {"bdist_wheel", "editable_wheel", "build_ext"}.intersection(sys.argv)  # not when only asked for names
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    headers = Path(sysconfig.get_path("include"), "Python.h")
    if not builds or os.environ.get("SUNWAI_PURE") or not shutil.which(compiler) or not headers.exists():
        return []
    try:
        from mypyc.build import mypycify

        return mypycify(
            [*CHECKED, f"--cache-dir={place}/mypy", *COMPILED],
            opt_level="1",  # -O3 takes twice as long and is no faster
            debug_level="0",
            group_name=LIBRARY,
            target_dir=place,
        )
    except (Exception, SystemExit) as error:  # mypyc leaves so where a type does not fit
        print(f"not compiled: {error!r}")
        return []


class Compile(build_ext):
    """Compiles all modules or none, and puts them into a checkout so that no process meets a part of them."""

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:
            print(f"not compiled: {error!r}")
            self.extensions.clear()

    def copy_extensions_to_source(self) -> None:
        for extension in reversed(self.extensions):  # the library last: without it none is used
            name = self.get_ext_filename(extension.name)
            new = Path(f"{name}.new")
            shutil.copy(Path(self.build_lib, name), new)
            os.utime(new, (BEGUN, BEGUN))  # older than a source that was changed meanwhile
            new.replace(name)


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        setup(
            ext_modules=compiled(place),
            cmdclass={"build_ext": Compile},
            options={"build": {"build_base": place}},
        )
