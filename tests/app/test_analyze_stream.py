"""`sunwai analyze` on files of any length: in order, through every core, and clean however it ends."""

import gc
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import psutil
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analysis.corpus import examples
from app import analyze
from app.analyze import _COLLECTED, Source, collecting_seldom, judged
from app.cli import cli

COMMAND = [sys.executable, "-m", "app.cli", "analyze"]


def line(id: object, text: str = "my northwind parcel is late again") -> bytes:
    return json.dumps({"id": id, "text": f"{text} {id}"}).encode() + b"\n"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More lines than one process judges alone, a bad one among them."""
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(b"no json\n" if n == 2_500 else line(n) for n in range(1, 4_001)))
    return path


def wait_for(what: str, holds: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"{what} within {seconds} seconds"
        time.sleep(0.05)


def workers_of(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return [p for p in psutil.Process(process.pid).children() if "spawn_main" in " ".join(p.cmdline())]


@pytest.fixture
def endless(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The command in the midst of a file that does not end, with its workers at work, writing to `out.jsonl`."""
    feed = (
        "import sys, itertools, json\n"
        "for n in itertools.count(1): print(json.dumps({'id': n, 'text': f'where is my parcel {n}'}))"
    )
    feeder = subprocess.Popen([sys.executable, "-c", feed], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process = subprocess.Popen(
        [*COMMAND, "-", "-o", str(tmp_path / "out.jsonl"), "--jobs", "2"], stdin=feeder.stdout, stderr=subprocess.PIPE
    )
    assert feeder.stdout is not None
    feeder.stdout.close()
    part = tmp_path / "out.jsonl.part"
    try:
        wait_for("rows of the workers", lambda: process.poll() is not None or _size(part) > 1_200_000)
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert len(workers_of(process)) == 2
        yield process
    finally:
        for one in (process, feeder):
            one.kill()
            one.wait()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def check_broken_off(folder: Path) -> None:
    """Nothing bears the output's name, and what was judged is there in whole lines."""
    assert not (folder / "out.jsonl").exists()
    rows = (folder / "out.jsonl.part").read_bytes()
    assert rows.endswith(b"\n")
    ids = [json.loads(row)["id"] for row in rows.splitlines()]
    assert ids == list(range(1, len(ids) + 1))


def test_two_processes_write_what_one_writes(many: Path, tmp_path: Path) -> None:
    wrong = [analyze.run(str(many), str(tmp_path / f"{jobs}.jsonl"), (), jobs) for jobs in (1, 2)]
    one, two = ((tmp_path / f"{jobs}.jsonl").read_bytes() for jobs in (1, 2))
    assert wrong == [1, 1]
    rows = [json.loads(row) for row in two.splitlines()]
    assert [row["id"] for row in rows] == [None if n == 2_500 else n for n in range(1, 4_001)]
    assert "line 2500" in rows[2_499]["error"]
    assert one == two
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.jsonl", "2.jsonl", "many.jsonl"]


def test_ctrl_c_leaves_whole_lines_and_nobody_behind(endless: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    workers = workers_of(endless)
    for one in workers:  # a terminal's Ctrl-C reaches all of the group
        one.send_signal(signal.SIGINT)
    endless.send_signal(signal.SIGINT)
    _, said = endless.communicate(timeout=30)
    assert endless.returncode == 130
    assert "lines are judged, in out.jsonl.part." in said.decode() and len(said.splitlines()) == 1
    assert not psutil.wait_procs(workers, timeout=5)[1]
    check_broken_off(tmp_path)


def test_a_worker_that_is_killed_is_told_in_one_sentence(endless: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    workers = workers_of(endless)
    workers[0].kill()
    _, said = endless.communicate(timeout=30)
    assert endless.returncode == 1
    assert "Error: A worker process was ended by signal 9 before its work was done" in said.decode()
    assert "Traceback" not in said.decode()
    assert not psutil.wait_procs(workers, timeout=5)[1]
    check_broken_off(tmp_path)


def test_no_worker_outlives_a_command_that_was_killed(endless: "subprocess.Popen[bytes]") -> None:
    workers = workers_of(endless)
    endless.kill()
    assert not psutil.wait_procs(workers, timeout=10)[1]


def test_every_process_judges_alike(tmp_path: Path) -> None:
    """Python shuffles its sets anew in each process; a judgement that hung on their order would change from run to run."""
    posts = tmp_path / "posts.jsonl"
    posts.write_bytes(b"".join(line(n, one.text) for n, one in enumerate(examples()) if n % 8 == 0))
    one, other = (
        subprocess.run(
            [*COMMAND, str(posts), "--jobs", "1"], stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout.splitlines()
        for seed in ("1", "2")
    )
    assert one and [(a, b) for a, b in zip(one, other, strict=True) if a != b] == []


def test_a_pipe_is_judged_as_its_lines_come() -> None:
    process = subprocess.Popen([*COMMAND, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    for n in (1, 2):
        process.stdin.write(line(n))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == n  # before the next has come
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_on_a_terminal_it_shows_how_far_it_is(many: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.Popen([*COMMAND, str(many), "-o", str(tmp_path / "out.jsonl"), "--jobs", "1"], stderr=theirs)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    assert done.wait() == 1
    for sign in ("lines,", "a second", "kB"):
        assert sign in shown.decode(), shown.decode()[-300:]
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 4_000


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other end is closed
        return b""


def test_elsewhere_it_shows_nothing(many: Path) -> None:
    done = subprocess.run([*COMMAND, str(many), "--jobs", "1"], capture_output=True, text=True)
    assert done.stderr.strip() == "Error: 1 line could not be judged; each says why."


def test_a_file_of_before_keeps_its_rows_until_the_new_ones_are_complete(tmp_path: Path) -> None:
    posts, out = tmp_path / "posts.jsonl", tmp_path / "out.jsonl"
    posts.write_bytes(line(1))
    out.write_text("old\n")
    out.chmod(0o600)
    assert CliRunner().invoke(cli, ["analyze", str(tmp_path / "nowhere.jsonl"), "-o", str(out)]).exit_code == 1
    assert out.read_text() == "old\n"
    (tmp_path / "link.jsonl").symlink_to(out)
    assert CliRunner().invoke(cli, ["analyze", str(posts), "-o", str(tmp_path / "link.jsonl")]).exit_code == 0
    assert json.loads(out.read_text())["id"] == 1 and out.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part"))


def test_a_device_is_written_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_bytes(line(1))
    assert CliRunner().invoke(cli, ["analyze", str(tmp_path / "posts.jsonl"), "-o", "/dev/null"]).exit_code == 0
    assert not Path("/dev/null.part").exists() and Path("/dev/null").is_char_device()


def test_circles_are_collected_now_and_then_and_what_stays_is_passed_over() -> None:
    class Circle:
        itself: "Circle"

    def closed() -> weakref.ref[Circle]:
        circle = Circle()
        circle.itself = circle
        return weakref.ref(circle)

    with collecting_seldom() as after:
        after(1)
        left = closed()
        remembered: list[list[str]] = [[]]
        after(_COLLECTED - 2)
        assert not gc.isenabled() and left() is not None
        after(1)
        assert left() is None
        assert not any(one is remembered for one in gc.get_objects())
        later = closed()
        after(_COLLECTED)
        assert later() is None
    assert gc.isenabled()


def test_half_a_letter_in_an_id_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_bytes(b'{"id": "\\ud800", "text": "fine"}\n' + line(2))
    done = CliRunner().invoke(cli, ["analyze", str(tmp_path / "posts.jsonl")])
    assert [json.loads(row)["id"] for row in done.stdout.splitlines()] == ["\ud800", 2]


class Endless(io.RawIOBase):
    """Posts without end, and how much of them was read."""

    taken = 0

    def read1(self, most: int) -> bytes:
        text = line(self.taken) * 100
        self.taken += len(text)
        return text

    def fileno(self) -> int:
        raise OSError


def test_it_reads_no_further_than_its_workers_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyze, "ALONE", 50)
    posts = Endless()
    batches = judged(Source(posts), (), 2)  # type: ignore[arg-type]
    told = sum(batch.size for batch in islice(batches, 12))
    batches.close()  # type: ignore[attr-defined]
    assert 0 < posts.taken - told <= (4 * 2 + 2) * 100 * len(line(10_000))


class InPieces(io.BytesIO):
    """A file that hands out a few bytes at a time, as a slow pipe would."""

    def __init__(self, text: bytes, most: int) -> None:
        super().__init__(text)
        self.most = most

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(self.most)


def lines_of(file: IO[bytes]) -> list[tuple[int, bytes]]:
    source, found, size = Source(file), [], 0
    while (batch := source.read()) is not None:
        found += list(enumerate(batch.lines, batch.first))
        size += batch.size
    assert size == file.tell()
    return found


@given(st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b)), st.booleans(), st.integers(1, 30))
def test_lines_come_out_whole_however_they_arrive(lines: list[bytes], ended: bool, most: int) -> None:
    text = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    want = text.split(b"\n")
    if want[-1] == b"":
        want.pop()
    assert lines_of(InPieces(text, most)) == list(enumerate(want, 1))
