"""What draws is loaded by the time somebody asks for a page that draws."""

import subprocess
import sys

LOADED = """
import sys
from app.web.warming import warm

assert not {"pandas", "altair"} & sys.modules.keys()
warm().join()
assert {"pandas", "altair"} <= sys.modules.keys()
"""


def test_the_libraries_that_draw_are_loaded_ahead_and_not_before() -> None:
    subprocess.run([sys.executable, "-c", LOADED], check=True)
