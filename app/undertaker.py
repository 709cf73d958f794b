"""`python -m app.undertaker RECORD`: waits until the supervisor that holds our standard input is gone, then ends what it
left running."""

import signal
import sys
from pathlib import Path

from app.supervise import end_recorded


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()  # nothing is ever written: this returns when the other end closes
    end_recorded(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
