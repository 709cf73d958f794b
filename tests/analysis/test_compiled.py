"""What is compiled says what its source says; and once its source changed it is not used any more."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from analysis.corpus import LANGUAGES, examples
from tests.repository.test_requirements import ROOT

HOSTILE = (
    "",
    " ",
    "\x00\x1b[31m\x07\u202e",
    "\ud83d the half of an emoji \udd25",
    "on fire " * 2_500,
    "a" * 20_000,
    "!" * 20_000,
    "नहीं" * 5_000,
    "İIıi " * 4_000,
    "\U0001f621\U0001f3fd\u200d\ufe0f" * 500,
    "not " * 3_000 + "good but never fixed",
    "9" * 5_000 + ".5 $ 1.2.3 ₺ ３ ² ٣ days",
    "> quoted\n&gt; &#x110000; &lt;b&gt; RT @a: via @b “",
)
JUDGE = """
import sys
from analysis.analyze import analyze, as_lines
from core.mention import Brand
with open(sys.argv[1], "rb") as lines:
    sys.stdout.buffer.write(as_lines(analyze(lines, [Brand("northwind", "Northwind", ("Northwind", "@northwind"))]))[0])
"""
WHICH = """
import analysis.judge, analysis.lexicons.hindi, analysis.words
print(analysis.words.__file__.rpartition(".")[2], analysis.lexicons.hindi.__file__.rpartition(".")[2])
"""
COMPILED, PYTHON = "so so\n", "py py\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of its own, installed as `scripts/setup` does it."""
    headers = Path(sysconfig.get_path("include"), "Python.h")
    if shutil.which("cc") is None or not headers.exists():
        pytest.skip("there is no C compiler, or no Python headers")
    place = tmp_path_factory.mktemp("compiled")
    for name in ("analysis", "core"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place / name)
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--python", sys.executable]
    wanted = ["--no-deps", "-b", str(ROOT / "requirements-dev.txt"), "--target", str(place / "installed"), "-e", "."]
    subprocess.run([*uv, *wanted], cwd=place, env=environment(), check=True)
    return place


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "SUNWAI_PURE"} | more


def run(checkout: Path, program: str, *words: str, **more: str) -> bytes:
    """What a program prints that finds the checkout's modules first."""
    done = [sys.executable, "-c", program, *words]
    return subprocess.run(done, cwd=checkout, env=environment(**more), check=True, stdout=subprocess.PIPE).stdout


@pytest.mark.timeout(600)
def test_what_is_compiled_gives_the_same_bytes(checkout: Path, tmp_path: Path) -> None:
    """Neither uses what the other has kept (`analysis.kept`)."""
    said = [(e.text, e.language) for e in examples() if e.split == "test"]
    assert {language for _, language in said} == set(LANGUAGES)
    texts = [text for text, _ in said] + [*HOSTILE]
    rows = [{"id": i, "text": text, "author_followers": i * 1_000} for i, text in enumerate(texts)]
    lines = tmp_path / "in.jsonl"
    lines.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert run(checkout, WHICH).decode() == COMPILED
    assert run(checkout, WHICH, SUNWAI_PURE="1").decode() == PYTHON
    compiled = run(checkout, JUDGE, str(lines), PYTHONPYCACHEPREFIX=str(tmp_path / "compiled"))
    assert compiled.count(b"\n") == len(texts)
    assert compiled.count(b'"error"') == 0
    assert compiled == run(checkout, JUDGE, str(lines), SUNWAI_PURE="1", PYTHONPYCACHEPREFIX=str(tmp_path / "pure"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["analysis/words.py", "analysis/lexicons/hindi.py"])
def test_a_changed_source_is_what_runs(checkout: Path, name: str) -> None:
    source = checkout / name
    before, stat = source.read_text("utf-8"), source.stat()
    assert run(checkout, WHICH).decode() == COMPILED
    source.write_text(f"{before}\nprint('changed')\n", "utf-8")
    try:
        assert run(checkout, WHICH).decode() == f"changed\n{PYTHON}"
    finally:
        source.write_text(before, "utf-8")
        os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert run(checkout, WHICH).decode() == COMPILED


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["analysis/judging__mypyc.*.so", "analysis/words.py"])
def test_a_part_that_is_missing_is_not_made_up_for_by_what_was_compiled(checkout: Path, name: str) -> None:
    """Of half a build none is used, nor what is left of a module that is gone."""
    (part,) = checkout.glob(name)
    away = part.rename(checkout / "away")
    try:
        told = run(checkout, "import analysis.remembered as one; print(one.__file__.rpartition('.')[2])")
    finally:
        away.rename(part)
    assert told.decode() == "py\n"
