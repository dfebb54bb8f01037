"""The install page can be followed: what needs neither root nor an engine is run; in the rest each name is there."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import yaml

from bot.arguments import parser
from storage.engine import open_database
from tests.deploy.programs import postgresql_programs
from tests.postgresql import PostgreSQL
from tests.test_readme import fences

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/install.md"
BLOCKS: Final = fences(PAGE, "sh")
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))
NAMES: Final = {
    each["metadata"]["name"]
    for path in sorted(ROOT.glob("deploy/kubernetes/*"))
    for each in yaml.safe_load_all(path.read_text("utf-8"))
}
PORTS: Final = {"8080", "8081"}


def block_with(words: str) -> str:
    (found,) = [block for block in BLOCKS if words in block]
    return found


def lines() -> Iterator[list[str]]:
    """Yield the words of every command, without `sudo` and variables; what stands in a here-document is left out."""
    for block in BLOCKS:
        for line in re.sub(r"<<(\w+)\n.*?\n *\1$", "", block, flags=re.DOTALL | re.MULTILINE).splitlines():
            words = shlex.split(line)
            while words and (words[0] == "sudo" or re.match(r"[A-Z_]+=", words[0])):
                words = words[1:]
            yield words[2:] if words[:1] == ["-u"] else words


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the block about the secrets makes."""
    folder = tmp_path_factory.mktemp("checkout")
    subprocess.run(["/bin/sh", "-euc", block_with("mkdir -p secrets")], cwd=folder, check=True, capture_output=True)
    return folder / "secrets"


def test_the_secrets_are_those_that_compose_and_the_units_read_and_nobody_else_can(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == COMPOSE["secrets"].keys()
    assert {path.stat().st_mode & 0o077 for path in (made, *made.iterdir())} == {0}
    units = "".join(path.read_text("utf-8") for path in ROOT.glob("deploy/systemd/*"))
    assert set(re.findall(r"/etc/worthwhile/secrets/(\w+)", units)) <= COMPOSE["secrets"].keys()
    assert len((made / "worthwhile_secret").read_text("utf-8").strip()) == 64


def test_the_database_is_made_by_the_lines_of_the_page_and_taken_by_the_address_of_the_units(
    made: Path, postgresql: PostgreSQL
) -> None:
    """On a server that asks nobody for a password: that the file is read is libpq's part."""
    lines_of_sql = re.sub(r"^ *sudo -u postgres ", "", block_with("CREATE ROLE"))
    unit = (ROOT / "deploy/systemd/worthwhile@.service").read_text("utf-8")
    (address,) = re.findall(r"DATABASE_URL=(\S+)", unit)
    with postgresql.empty() as url:
        socket_folder = url.partition("?host=")[2]
        server = {
            "PATH": f"{postgresql_programs()}:{os.environ['PATH']}",
            "PGHOST": socket_folder,
            "PGUSER": "postgres",
        }
        try:
            script = "\n".join(line.strip() for line in lines_of_sql.splitlines())
            subprocess.run(["/bin/sh", "-euc", script], cwd=made.parent, env=server, check=True, capture_output=True)
            here = address.replace("%d", str(made)).replace("127.0.0.1", "") + f"&host={socket_folder}"
            database = open_database(here)
            with database.engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT current_user, current_database()").one() == (
                    "worthwhile",
                    "worthwhile",
                )
            database.dispose()
        finally:
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as session:
                session.execute("DROP DATABASE IF EXISTS worthwhile WITH (FORCE)")
                session.execute("DROP ROLE IF EXISTS worthwhile")


def test_every_command_of_the_page_names_what_is_there(made: Path) -> None:
    told = {f"secrets/{path.name}" for path in made.iterdir()} | {".env", "secret.yaml", "backups"}
    for words in filter(None, lines()):
        program, *rest = words
        match program:
            case "docker":
                look_at_compose(rest)
            case "kubectl":
                look_at_kubectl(rest, told)
            case "systemctl":
                look_at_units(rest)
            case "curl":
                assert re.fullmatch(r"http://127\.0\.0\.1:(8080|8081)/readyz", rest[-1]), words
            case ".venv/bin/worthwhile":
                assert parser().parse_args(rest).verb
            case "cp" | "install" | "chmod" | "chown" | "rm":
                files = [word for word in rest if "/" in word and not word.startswith(("/", "-"))]
                assert all(name in told or (ROOT / name).exists() for name in files), words
            case _:
                assert program in {"make", "umask", "mkdir", "printf", "openssl", "useradd", "psql"}, words


def look_at_compose(words: list[str]) -> None:
    assert words[0] == "compose", words
    profiles = {each for service in COMPOSE["services"].values() for each in service.get("profiles", [])}
    rest = [word for word in words[1:] if not word.startswith("-")]
    if "--profile" in words:
        assert rest.pop(0) in profiles, words
    verb, *named = rest
    assert verb in {"up", "ps", "run", "stop"}, words
    assert {name.partition("=")[0] for name in named} <= COMPOSE["services"].keys(), words


def look_at_kubectl(words: list[str], told: set[str]) -> None:
    if "--namespace" in words:
        assert words[words.index("--namespace") + 1] in NAMES, words
    files = [word.partition("=")[2] for word in words if word.startswith("--from-file=")]
    if "--filename" in words:
        files.append(words[words.index("--filename") + 1])
    assert all(name in told or (ROOT / name).exists() for name in files), words
    assert {word.partition("/")[2] for word in words if word.startswith("deployment/")} <= NAMES, words


def look_at_units(words: list[str]) -> None:
    for name in (word for word in words[1:] if not word.startswith("-")):
        unit, at, port = name.partition("@")
        assert (ROOT / f"deploy/systemd/{unit}{at}.service").exists(), words
        assert not at or port in PORTS, words
