"""`python -m tests.app.supervised HOME`: a supervisor with two programs, one of which has a child of its own."""

import os
import sys
from pathlib import Path

from app import supervise
from app.supervise import AlreadyRunning, Lock, Program, Supervisor

PARENT = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("parent").write_text(f"{__import__('os').getpid()} {child.pid}")
time.sleep(600)
"""
STUBBORN = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path("stubborn").write_text(str(os.getpid()))
time.sleep(600)
"""


supervise.GRACE_SECONDS = 2.0


def main() -> int:
    home = Path(sys.argv[1])
    try:
        with Lock(home), Supervisor(home, os.environ, home) as supervisor:
            supervisor.start(Program("parent", [sys.executable, "-c", PARENT]))
            supervisor.start(Program("stubborn", [sys.executable, "-c", STUBBORN]))
            print("running", flush=True)
            supervisor.run()
    except AlreadyRunning as error:
        print(error, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
