"""What a test run must have held to count: tests on PostgreSQL, in a browser and under Airflow, none of them skipped.

As a pytest plugin (`-p tests.repository.expected`) it writes each test's markers into the JUnit report; as a program
(`python -m tests.repository.expected REPORT.xml ...`) it reads them back and fails where some are missing.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

MARKERS = ("postgres", "browser", "airflow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.user_properties += [("marker", marker) for marker in MARKERS if item.get_closest_marker(marker)]


def complaints(*reports: str) -> list[str]:
    """What is missing from the JUnit reports of a run, and of its second try, in sentences; empty when nothing is."""
    passed: Counter[str] = Counter()
    found = []
    for case in (case for report in reports for case in ElementTree.fromstring(report).iter("testcase")):
        markers = [p.get("value", "") for p in case.iter("property") if p.get("name") == "marker"]
        skipped = case.find("skipped")
        if markers and skipped is not None:
            found.append(f"{case.get('name')} ({', '.join(markers)}) was skipped: {skipped.get('message')}")
        elif case.find("failure") is None and case.find("error") is None:
            passed.update(markers)
    return found + [f"No test marked '{marker}' has passed." for marker in MARKERS if not passed[marker]]


if __name__ == "__main__":
    wrong = complaints(*(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]))
    sys.exit("\n".join(wrong) or 0)
