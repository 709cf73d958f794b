"""The compose file is one by its published schema, and the scripts of the image do what it leans on.

No container engine is asked for: what can be shown without one is shown.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from app.guard import ALL_TOKENS
from tests.repository.test_requirements import ROOT

DOCKER = ROOT / "docker"
SCHEMA = ("docker-compose==1.29.2", "compose/config/compose_spec.json")
"""The Compose specification's JSON schema, as the last docker-compose on PyPI carries it."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: s for name, s in compose["services"].items() if name != "postgres"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """Fetched by pip once and kept under .sunwai, for it is not ours to commit."""
    package, member = SCHEMA
    folder = ROOT / ".sunwai" / "schemas"
    if not list(folder.glob("docker_compose-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), package]
        subprocess.run(pip, check=True, capture_output=True, timeout=100)
    with zipfile.ZipFile(next(folder.glob("docker_compose-*.whl"))) as wheel:
        loaded: dict[str, Any] = json.loads(wheel.read(member))
        return loaded


def test_the_compose_file_fits_its_published_schema(compose: dict[str, Any], schema: dict[str, Any]) -> None:
    plain = {key: value for key, value in compose.items() if key != "name"}  # newer than that schema
    jsonschema.validate(plain, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plain, "services": {"a": {"restartt": "always"}}}, schema)


def test_nothing_is_published_beyond_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_service_of_ours_is_locked_down_and_looked_after(ours: dict[str, dict[str, Any]]) -> None:
    for name, service in ours.items():
        assert service["read_only"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert name == "migrate" or (service["restart"] == "unless-stopped" and service["healthcheck"]["test"]), name
    image = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert image.rindex("USER sunwai") > image.rindex("RUN ")


def test_every_secret_file_is_mounted_made_and_taken_from_its_file(
    compose: dict[str, Any], ours: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    script = tmp_path / "secrets.sh"
    script.write_bytes((DOCKER / "secrets.sh").read_bytes())
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
    made = {path.name for path in (tmp_path / "secrets").iterdir()}
    assert made == set(compose["secrets"])
    fernet = (tmp_path / "secrets" / "airflow_fernet").read_text()
    from cryptography.fernet import Fernet

    Fernet(fernet)
    assert len((tmp_path / "secrets" / "airflow_jwt").read_bytes()) >= 64
    names = entrypoint_names()
    for service in ours.values():
        files = {k: v for k, v in service["environment"].items() if k.endswith("_FILE")}
        assert {Path(v).name for v in files.values()} == set(service["secrets"]) == made
        assert {k.removesuffix("_FILE") for k in files} <= names


def entrypoint_names() -> set[str]:
    text = (DOCKER / "entrypoint.sh").read_text(encoding="utf-8")
    return set(text.partition("for name in")[2].partition("; do")[0].replace("\\", " ").split())


def test_every_token_may_come_from_a_file() -> None:
    assert set(ALL_TOKENS) <= entrypoint_names()


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DOCKER / "entrypoint.sh"), *command],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_entrypoint_takes_secrets_from_files_and_leaves_the_rest(tmp_path: Path) -> None:
    token, empty = tmp_path / "token", tmp_path / "empty"
    token.write_text("xoxb-$(touch here) 'quoted' `x`\n")
    empty.write_text("")
    done = run(
        "env",
        SLACK_BOT_TOKEN_FILE=str(token),
        X_BEARER_TOKEN_FILE=str(empty),
        SSL_CERT_FILE="/etc/ssl/cert.pem",
    )
    lines = done.stdout.splitlines()
    assert "SLACK_BOT_TOKEN=xoxb-$(touch here) 'quoted' `x`" in lines
    assert "SSL_CERT_FILE=/etc/ssl/cert.pem" in lines
    assert not [line for line in lines if line.startswith(("X_BEARER_TOKEN", "SLACK_BOT_TOKEN_FILE"))]


def test_a_secret_file_that_is_not_there_is_one_sentence() -> None:
    done = run("env", SLACK_BOT_TOKEN_FILE="/run/secrets/none")
    assert done.returncode == 1
    assert done.stderr == "entrypoint: SLACK_BOT_TOKEN_FILE names /run/secrets/none, which cannot be read.\n"


def test_the_entrypoint_passes_on_the_exit_code_and_the_words() -> None:
    done = run("sh", "-c", 'echo "$1"; exit 7', "sh", "two words")
    assert (done.returncode, done.stdout) == (7, "two words\n")


def shell_scripts() -> Iterator[Path]:
    yield from DOCKER.glob("*.sh")
    yield from (ROOT / "scripts").iterdir()


def test_every_script_is_valid_and_executable() -> None:
    for script in shell_scripts():
        assert os.access(script, os.X_OK), script
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_health_checks_that_ask_the_database_are_given_its_password(ours: dict[str, dict[str, Any]]) -> None:
    asking = [c for s in ours.values() if (c := s.get("healthcheck", {}).get("test", [])) and "urllib" not in str(c)]
    assert len(asking) == 3
    assert all(test[:2] == ["CMD", "/opt/sunwai/docker/entrypoint.sh"] for test in asking)


def test_the_image_gets_what_it_runs_and_nothing_private(ours: dict[str, dict[str, Any]]) -> None:
    ignore = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in ignore if line.startswith("!")}
    assert "*" in ignore
    assert all((ROOT / name).exists() for name in kept)
    assert not kept & {".env", ".sunwai", ".venv", "docker", "docker/secrets", "sunwai.toml"}
    for service in ours.values():
        words = [*service["command"], *service.get("healthcheck", {}).get("test", [])]
        for word in (w for w in words if w.startswith("/opt/sunwai/docker/")):
            assert f"docker/{Path(word).name}" in kept
