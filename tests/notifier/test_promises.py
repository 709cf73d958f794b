"""What was promised outlives who promised it, and what was done is not told as lost."""

import signal
import subprocess
import sys
from pathlib import Path

from notifier.promises import Promise, Promises

CLAIM, REPLY = Promise("U0ASHA", "C0SAFETY", "claim", 7), Promise("U0DENIZ", "", "reply_form", 8)
LISTENER = """
import sys, time
from pathlib import Path
from notifier.promises import Promise, Promises
promises = Promises(Path(sys.argv[1]))
kept = promises.give(Promise("U0BERK", "C0SAFETY", "claim", 6))
promises.give(Promise("U0ASHA", "C0SAFETY", "claim", 7))
promises.kept(kept)
promises.give(Promise("U0DENIZ", "", "reply_form", 8))
print("given", flush=True)
time.sleep(600)
"""


def told(folder: Path, hears: bool = True) -> list[Promise]:
    heard: list[Promise] = []
    Promises(folder).tell_of_the_dead(lambda promise: (heard.append(promise), hears)[1])
    return heard


def test_of_a_killed_listener_what_it_had_not_done_is_told_once(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", LISTENER, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"given\n"
        assert told(tmp_path) == [], "it lives, and will do it"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert told(tmp_path, hears=False) == [CLAIM, REPLY], "Slack was away"
    assert told(tmp_path) == [CLAIM, REPLY]
    assert told(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_who_keeps_every_promise_leaves_nothing(tmp_path: Path) -> None:
    promises = Promises(tmp_path / "made" / "here")
    numbers = [promises.give(CLAIM), promises.give(REPLY)]
    assert numbers == [1, 2]
    promises.kept(1)
    assert "U0DENIZ" in "".join(path.read_text() for path in (tmp_path / "made" / "here").iterdir())
    promises.kept(2)
    promises.close()
    assert list((tmp_path / "made" / "here").iterdir()) == []


def test_a_line_that_was_cut_off_and_a_file_of_something_else_are_passed_over(tmp_path: Path) -> None:
    dead = Promises(tmp_path)
    dead.give(CLAIM)
    dead.close()
    (file,) = tmp_path.iterdir()
    with file.open("a") as torn:
        torn.write('[1]\n{"kept": []}\n{"number": 2, "user": "U0')
    assert told(tmp_path) == [CLAIM]


def test_where_nothing_can_be_written_nothing_is_promised(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (None, tmp_path / "file" / "folder"):
        promises = Promises(folder)
        assert promises.give(CLAIM) is None
        promises.tell_of_the_dead(lambda _: True)
        promises.close()
