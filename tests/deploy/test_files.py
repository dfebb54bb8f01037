"""Dockerfile, Compose, Kubernetes and systemd say what the bot understands, and give it no more than it needs."""

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final, cast

import pytest
import yaml
from slack_bolt import App
from starlette.routing import Route

from bot.arguments import parser
from bot.config import SECRETS, Settings
from bot.policy import load_policy
from bot.web.app import web_app
from bot.web.slack_http import slack_route
from storage.engine import Database
from tests.senders import services_for

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
KNOWN: Final = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}
OF_PYTHON: Final = {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PORT: Final = Settings.model_fields["web_port"].default
DOCKERFILE: Final = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))
MANIFESTS: Final[list[dict[str, Any]]] = [
    each for path in sorted(DEPLOY.glob("kubernetes/*")) for each in yaml.safe_load_all(path.read_text("utf-8"))
]
UNITS: Final = sorted(DEPLOY.glob("systemd/*.service"))


def typed(words: list[str]) -> str:
    """Return the verb that a command line means; one that nobody understands ends the test."""
    try:
        return str(parser().parse_args(words).verb)
    except SystemExit:
        pytest.fail(f"worthwhile {shlex.join(words)}: is no command")


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.+)$", DOCKERFILE, re.MULTILINE)


# the image


def test_the_image_starts_the_bot_without_a_shell_and_not_as_root() -> None:
    (entry,), (words,) = instructions("ENTRYPOINT"), instructions("CMD")
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    module, _, function = scripts["worthwhile"].partition(":")

    assert json.loads(entry) == ["worthwhile"]
    assert typed(json.loads(words)) == "run"
    assert all(int(part) > 0 for part in instructions("USER")[0].split(":"))
    assert f"from {module} import {function}" in DOCKERFILE
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert instructions("EXPOSE") == [str(PORT)]


def test_the_image_takes_packages_by_hash_and_nothing_of_the_checkout_but_the_bot() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    patterns = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_through = {line.removeprefix("!") for line in patterns if line.startswith("!")}
    copied = [words.split()[:-1] for words in instructions("COPY") if not words.startswith("--from")]

    assert "--require-hashes" in DOCKERFILE
    assert not re.search(r"\b(pip|apt-get)\b", final)
    assert "*" in patterns
    assert {path for paths in copied for path in paths} == let_through
    assert all((ROOT / path).exists() for path in let_through)
    assert not {
        name for name in (".env", "secrets", "data", ".git") if any(fnmatch.fnmatch(name, p) for p in let_through)
    }


def test_the_image_sets_what_the_bot_reads() -> None:
    variables = dict(pair.split("=", 1) for line in instructions("ENV") for pair in shlex.split(line))

    assert variables.keys() <= KNOWN | OF_PYTHON
    assert variables["WEB_PORT"] == str(PORT)
    assert variables["DATABASE_URL"].startswith("sqlite:////data/")


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
def test_the_health_check_of_the_image_tells_a_bot_that_lives_from_one_that_does_not(
    status: int, expected: int
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    (line,) = re.findall(r"^HEALTHCHECK .*?CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    command = [sys.executable, *json.loads(line)[1:]]
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        checked = subprocess.run(command, env={"WEB_PORT": str(server.server_port)}, capture_output=True, check=False)
        server.shutdown()

    assert checked.returncode == expected, checked.stderr


def test_slimming_takes_tests_and_headers_and_leaves_what_runs(tmp_path: Path) -> None:
    packages = tmp_path / "lib/python3.12/site-packages"
    for name in ("pkg/core.py", "pkg/tests/test_core.py", "pkg/core.c", "pkg/core.h", "pkg/core.pyi"):
        path = packages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    subprocess.run(["/bin/sh", DEPLOY / "slim.sh", tmp_path], check=True, capture_output=True)

    assert [path.name for path in packages.rglob("*") if path.is_file()] == ["core.py"]


# Compose


def bots() -> dict[str, dict[str, Any]]:
    return {name: each for name, each in COMPOSE["services"].items() if each.get("build")}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_is_hardened_and_named_by_a_tag(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(path.split(":")[0] == "/tmp" for path in service["tmpfs"])
    assert not service.get("privileged")
    assert re.search(r":[\d.]+$", service["image"]) or service.get("build")
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_bots_of_compose_understand_what_they_are_given() -> None:
    declared = COMPOSE["secrets"]
    for service in bots().values():
        assert typed(service["command"])
        assert service["environment"].keys() <= KNOWN
        assert service["environment"]["WEB_PORT"] == str(PORT)
        named = [
            value for name, value in service["environment"].items() if name.endswith("_FILE") and "secrets" in value
        ]
        named += re.findall(r"passfile=([^&]+)", service["environment"]["DATABASE_URL"])
        assert {Path(path).name for path in named} == set(service["secrets"]) <= declared.keys()
    assert COMPOSE["services"]["bot"]["deploy"]["replicas"] == 2
    assert COMPOSE["services"]["bot"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    assert COMPOSE["services"]["bot"]["ports"] == [f"127.0.0.1:{PORT}-{PORT + 1}:{PORT}"]


def test_what_compose_mounts_and_overrides_is_there() -> None:
    files = [each["file"] for each in COMPOSE["configs"].values()]
    backup, collector = COMPOSE["services"]["backup"], COMPOSE["services"]["collector"]
    (address,) = re.findall(r"--set=(\S+)=", " ".join(collector["command"]))
    settings: Any = yaml.safe_load((ROOT / "extras/collector.yaml").read_text("utf-8"))

    assert all((ROOT / path).is_file() for path in files)
    assert (ROOT / backup["entrypoint"][0].lstrip("/")).stat().st_mode & 0o100
    for part in address.split("::"):
        settings = settings[part]
    assert settings.startswith("http://")
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert COMPOSE["services"]["db"]["networks"] == ["inside"]


# Kubernetes


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for each in MANIFESTS:
        spec = each.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield each["metadata"]["name"], template["spec"]


def kind(name: str) -> list[dict[str, Any]]:
    return [each for each in MANIFESTS if each["kind"] == name]


@pytest.mark.parametrize(("name", "pod"), list(pods()))
def test_every_pod_is_hardened_and_everything_that_it_names_is_there(name: str, pod: dict[str, Any]) -> None:
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    # the scripts of the backup come from their files, by a command in backup.yaml
    objects = {each["metadata"]["name"] for each in MANIFESTS} | {"worthwhile-backup"}
    named = {v["configMap"]["name"] for v in volumes.values() if "configMap" in v}
    named |= {v["persistentVolumeClaim"]["claimName"] for v in volumes.values() if "persistentVolumeClaim" in v}

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod.get("initContainers", []), *pod["containers"]):
        own = container["securityContext"]
        assert (own["readOnlyRootFilesystem"], own["allowPrivilegeEscalation"]) == (True, False)
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes.keys()
        named |= {each["name"] for source in container["envFrom"] for each in source.values()}
        assert "args" not in container or typed(container["args"])
        if "command" in container:
            shell, script, *_ = container["command"]
            assert (shell, (ROOT / script.lstrip("/")).is_file()) == ("bash", True)
    assert named <= objects, name


def test_two_replicas_are_replaced_one_after_the_other_and_found_by_their_label() -> None:
    (deployment,), (budget,), (service,) = kind("Deployment"), kind("PodDisruptionBudget"), kind("Service")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    pod = deployment["spec"]["template"]["spec"]

    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert labels == deployment["spec"]["selector"]["matchLabels"] == budget["spec"]["selector"]["matchLabels"]
    assert service["spec"]["selector"] == labels
    assert budget["spec"]["minAvailable"] < deployment["spec"]["replicas"]
    assert pod["containers"][0]["ports"] == [{"name": "http", "containerPort": PORT}]
    assert {each["args"][0] for each in pod["initContainers"]} == {"db"}
    assert {each["metadata"].get("namespace", "worthwhile") for each in MANIFESTS} == {"worthwhile"}


def test_every_probe_asks_for_a_path_that_is_served(sqlite_database: Database) -> None:
    routes = [*web_app(services_for(sqlite_database)).routes, slack_route(cast(App, None), "made up")]
    served = {route.path for route in routes if isinstance(route, Route)}
    (deployment,) = kind("Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}

    assert {each["port"] for each in probes.values()} == {"http"}
    assert probes["readiness"]["path"] == "/readyz"
    assert probes["liveness"]["path"] == "/healthz"
    assert {"/healthz", "/readyz"} <= served


def test_the_settings_of_the_cluster_are_the_bots_and_its_policy_keeps_the_floors(tmp_path: Path) -> None:
    names, (secret,) = {each["metadata"]["name"]: each["data"] for each in kind("ConfigMap")}, kind("Secret")
    policy = tmp_path / "policy.toml"
    policy.write_text(names["worthwhile-policy"]["policy.toml"], "utf-8")

    assert names["worthwhile"].keys() | secret["stringData"].keys() <= KNOWN
    assert names["worthwhile"]["WEB_PORT"] == str(PORT)
    assert load_policy(policy).sharing.min_people >= 12
    assert [name for name, value in secret["stringData"].items() if "REPLACE" not in value] == []


# systemd


def directives(unit: Path) -> list[tuple[str, str]]:
    lines = [line for line in unit.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#")]
    return [(name, value) for name, _, value in (line.partition("=") for line in lines)]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_runs_what_is_there_with_settings_of_the_bot(unit: Path) -> None:
    found = directives(unit)
    (command,) = [value for name, value in found if name == "ExecStart"]
    program, *words = shlex.split(command)
    credentials = {value.partition(":")[0] for name, value in found if name == "LoadCredential"}
    environment = dict(pair.split("=", 1) for name, value in found if name == "Environment" for pair in value.split())

    if program.endswith("/worthwhile"):
        assert typed(words) == "run"
    else:
        assert Path(program.replace("/opt/worthwhile", str(ROOT))).stat().st_mode & 0o100
    assert environment.keys() <= KNOWN | OF_PYTHON
    assert set(re.findall(r"%d/(\w+)", " ".join(environment.values()))) == credentials
    assert {("User", "worthwhile"), ("ProtectSystem", "strict"), ("NoNewPrivileges", "yes"), ("UMask", "0077")} <= {
        *found
    }
    assert "WatchdogSec" not in dict(found), "the bot does not report to systemd"


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Where the program is missing, at least no line is one that systemd would pass over."""
    for path in DEPLOY.glob("systemd/*"):
        text = path.read_text("utf-8").replace("/opt/worthwhile/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / path.name).write_text(text.replace("/opt/worthwhile", str(ROOT)), "utf-8")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r"\[(Unit|Service|Install|Timer)\]|[A-Z][A-Za-z]+=.*", line) for line in lines), path
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    units = [str(path) for path in sorted(tmp_path.glob("*.service")) + sorted(tmp_path.glob("*.timer"))]
    said = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert [line for line in said.stderr.splitlines() if "worthwhile" in line] == []
