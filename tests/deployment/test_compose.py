"""docker-compose.yml and Dockerfile against the schema, the commands, the settings and the folders."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from jsonschema import Draft7Validator

from api import settings
from api.cli.app import application

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {
    name: service for name, service in SERVICES.items() if service["image"].startswith("evidence-ledger:")
}
SECRETS = "/run/secrets/"


def texts(value: Any) -> Iterator[str]:
    """Every string in a service's description."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def command_line(service: dict[str, Any]) -> list[str]:
    """What the container runs: entrypoint (the image's unless given) and command."""
    entrypoint = service.get("entrypoint") or json.loads(
        re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.M)[0]
    )
    return [*entrypoint, *service.get("command", [])]


def test_the_file_follows_the_compose_schema() -> None:
    schema = json.loads((Path(__file__).parent / "data" / "compose-spec.json").read_text())
    errors = [error.message for error in Draft7Validator(schema).iter_errors(COMPOSE)]
    assert errors == []


def test_the_schema_is_not_one_that_takes_anything() -> None:
    schema = json.loads((Path(__file__).parent / "data" / "compose-spec.json").read_text())
    assert list(Draft7Validator(schema).iter_errors({"services": {"api": {"comand": ["serve"]}}}))


def test_what_the_issue_of_production_asks_for_is_there() -> None:
    assert {"postgres", "documents", "api", "projector", "migrate"} <= SERVICES.keys()
    workers = command_line(SERVICES["api"])
    assert workers[workers.index("--workers") + 1] == "2"


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_of_ours_exists_with_its_options(name: str) -> None:
    program, command, *arguments = command_line(OURS[name])
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert program in scripts
    group: Any = typer.main.get_command(application())
    assert command in group.commands
    # Parses and checks the options; runs nothing.
    group.commands[command].make_context(command, arguments)


def test_every_command_in_the_instructions_names_a_service() -> None:
    lines = re.findall(r"docker compose run --rm (.*)$", TEXT, re.M)
    assert lines
    for line in lines:
        name, *arguments = shlex.split(line)
        _, command, *fixed = command_line(OURS[name])
        group: Any = typer.main.get_command(application())
        group.commands[command].make_context(command, [*fixed, *arguments])


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_exists_and_can_be_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in settings.known_variables():
        monkeypatch.delenv(variable, raising=False)
    for variable, value in OURS[name]["environment"].items():
        assert variable in settings.known_variables(), variable
        if value.startswith(SECRETS):
            file = tmp_path / value.removeprefix(SECRETS)
            file.write_text("a secret\n")
            value = str(file)
        monkeypatch.setenv(variable, value)
    loaded = settings.load()
    assert loaded.database is not None
    assert loaded.database.get_secret_value() == "a secret"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_secret_that_a_service_reads_is_given_to_it(name: str) -> None:
    given = set(SERVICES[name].get("secrets", []))
    read = {found for text in texts(SERVICES[name]) for found in re.findall(SECRETS + r"([a-z0-9_]+)", text)}
    assert read == given
    assert given <= COMPOSE["secrets"].keys()


def test_every_secret_is_a_file_that_the_instructions_make_and_git_ignores() -> None:
    made = set(re.findall(r"^#.*> ([a-z0-9_]+)$", TEXT, re.M))
    files = {Path(secret["file"]) for secret in COMPOSE["secrets"].values()}
    assert {file.name for file in files} == made
    assert {file.parent for file in files} == {Path("secrets")}
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_no_secret_stands_in_the_environment() -> None:
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASS|SECRET|_KEY|DATABASE$", variable):
                assert variable.endswith("_FILE"), variable
                assert value.startswith(SECRETS)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_volume_and_every_service_waited_for_is_declared(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        assert volume.split(":")[0] in COMPOSE["volumes"]
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if condition["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nothing_that_stays_up_runs_as_root_or_without_a_health_check(name: str) -> None:
    service = SERVICES[name]
    if service.get("restart") == "no":
        assert "healthcheck" not in service
        return
    assert service["user"].split(":")[0] != "0"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["cap_drop"] == ["ALL"]


def test_only_the_change_of_an_owner_runs_as_root_and_without_a_network() -> None:
    as_root = {name: service for name, service in SERVICES.items() if service["user"].startswith("0")}
    assert [command_line(service)[0] for service in as_root.values()] == ["chown"]
    assert all(service["network_mode"] == "none" for service in as_root.values())


def test_the_health_check_asks_an_address_that_is_served() -> None:
    from api.app import create_app

    paths = create_app(settings.load()).openapi()["paths"]
    for name in ("api", "projector"):
        [path] = re.findall(r"http://[a-z0-9.]+:8000(/[a-z]+)'", SERVICES[name]["healthcheck"]["test"][-1])
        assert path in paths


def test_documents_go_to_the_bucket_that_is_made() -> None:
    [made] = re.findall(r"s3.bucket.create -name ([a-z-]+)", " ".join(texts(SERVICES["documents-bucket"])))
    assert SERVICES["api"]["environment"]["EVIDENCE_BLOBS"] == f"s3://{made}"


def test_the_image_is_made_of_what_is_there() -> None:
    allowed = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.M)
    copied = [
        words for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.M) for words in line.split()[:-1]
    ]
    assert set(copied) == set(allowed)
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_runs_as_the_user_that_owns_its_folder() -> None:
    [user] = re.findall(r"^USER (.*)$", DOCKERFILE, re.M)
    [number] = re.findall(r"useradd --uid (\d+)", DOCKERFILE)
    assert user == f"{number}:{number}"
    assert {service["user"] for service in OURS.values()} == {user}
    folder = OURS["api"]["environment"]["EVIDENCE_DATA"]
    assert re.search(rf"^VOLUME {folder}$", DOCKERFILE, re.M)
    assert re.search(rf"install -d -o evidence -g evidence -m 0700 {folder}$", DOCKERFILE, re.M)
    assert all(service["volumes"] == [f"ledger:{folder}"] for service in OURS.values())


def test_the_image_needs_a_python_that_the_project_supports() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    [first, second] = set(re.findall(r"^FROM python:(\d+)\.(\d+)-slim", DOCKERFILE, re.M)) | {("", "")}
    version = max(first, second)
    assert needed == ">=3.11"
    assert (int(version[0]), int(version[1])) >= (3, 11)
