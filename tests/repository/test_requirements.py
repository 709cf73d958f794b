"""The hashed requirements are those of pyproject.toml, and install anywhere without naming a place to download from."""

import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"core", "connectors", "analysis", "notifier", "app", "sandbox", "dags"}
TRAINERS = ("analysis/train.py", "analysis/identity/fit.py")
"""What makes the shipped models and weights, and never runs where they are used: it may import what developers have."""
FILES = ("requirements.txt", "requirements-dev.txt")


def pinned(file: str) -> dict[str, list[tuple[Requirement, int]]]:
    """Every requirement of a file with the number of its hashes."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            words, *hashes = line.split(" --hash=")
            requirement = Requirement(words.strip())
            found.setdefault(canonicalize_name(requirement.name), []).append((requirement, len(hashes)))
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_pinned_and_hashed(file: str) -> None:
    for entries in pinned(file).values():
        for requirement, hashes in entries:
            assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), requirement
            assert requirement.url is None, requirement
            assert hashes > 0, requirement


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_the_requirements_are_those_of_the_project(file: str, wanted: list[str]) -> None:
    have = pinned(file)
    for line in wanted:
        requirement = Requirement(line)
        entries = have.get(canonicalize_name(requirement.name), [])
        versions = [next(iter(pin.specifier)).version for pin, _ in entries]
        assert versions, f"{file} lacks {requirement.name}: run `make lock`"
        assert all(requirement.specifier.contains(Version(v)) for v in versions), f"{line}: {file} has {versions}"


def test_developers_run_the_same_versions() -> None:
    run, dev = ({name: [str(r) for r, _ in found] for name, found in pinned(f).items()} for f in FILES)
    assert run.items() <= dev.items()


def test_what_the_code_imports_is_asked_for_by_name() -> None:
    """A package that comes only because another one needs it may leave with the next version of that one."""
    named: set[str] = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}
    named |= {"apache-airflow-core", "apache-airflow-task-sdk", "apache-airflow-providers-standard"}  # Airflow's parts
    named |= {
        "markupsafe",
        "prawcore",
        "starlette",
    }  # what praw and fastapi are made of: their errors and parts are in their interfaces
    trainers = named | {canonicalize_name(Requirement(line).name) for line in PROJECT["dependency-groups"]["dev"]}
    distributions = packages_distributions()
    unnamed = set()
    for file in tracked("*.py"):
        if file.split("/")[0] in OURS:
            text = (ROOT / file).read_text(encoding="utf-8")
            for module in re.findall(r"^\s*(?:import|from) ([a-zA-Z_]\w*)", text, re.MULTILINE):
                sources: set[str] = {canonicalize_name(name) for name in distributions.get(module, [])}
                if sources - {"sunwai"} and not sources & (trainers if file in TRAINERS else named):
                    unnamed.add(f"{file} imports {module}")
    assert sorted(unnamed) == []


def tracked(*patterns: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_index_or_this_machine() -> None:
    index = re.compile(r"--(?:extra-)?index-url|--find-links|registry *= *\"?http|https?://\S+\.(?:whl|tar\.gz)")
    places = [str(ROOT) + "/", str(Path.home()) + "/"] if str(Path.home()) != "/" else [str(ROOT) + "/"]
    for name in tracked():
        if name == "tests/repository/test_requirements.py":
            continue
        text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
        assert not index.search(text), f"{name} names a package index"
        for place in places:
            assert place not in text, f"{name} names a folder of this machine"


def test_the_lock_with_its_addresses_is_not_committed() -> None:
    assert tracked("uv.lock") == []


def test_docker_is_a_folder_and_no_package() -> None:
    assert not (ROOT / "docker" / "__init__.py").exists(), "it would shadow the package of that name"
