"""What the documents say is there is there, and what is there is said."""

import importlib
import re
import shlex
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Final, cast

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr
from slack_bolt import App
from starlette.routing import Route

from bot import cli
from bot.arguments import parser
from bot.config import SECRETS, Settings, load_settings
from bot.connectors import push
from bot.domain.fields import KEPT_FIELDS
from bot.domain.period import parse_day, parse_period
from bot.web.app import web_app
from bot.web.slack_http import slack_route
from handlers.mytokens import WORDS
from storage.engine import Database
from tests.senders import services_for

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", *sorted(map(str, ROOT.glob("docs/*.md"))))
]
FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN: Final = re.compile(r"`([^`\n]+)`")
A_SETTING: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
OF_OTHERS: Final = ("CLAUDE_CODE_", "OTEL_")  # settings of the programs that send telemetry
A_NAME: Final = re.compile(r"(?:bot|handlers|storage)(?:\.\w+)+")
TODAY: Final = datetime.now(UTC).date()
documents: Final = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def prose(text: str) -> str:
    """Return a document without its fenced blocks."""
    return FENCE.sub("", text)


def spans(path: Path) -> list[str]:
    return SPAN.findall(prose(path.read_text("utf-8")))


def fences(path: Path, *languages: str) -> list[str]:
    return [content for language, content in FENCE.findall(path.read_text("utf-8")) if language in languages]


# settings


def names_of_settings() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)`( \(S\))? \| (?:`([^`]*)`)? ?\|", text, re.MULTILINE)

    assert {name for name, _, _ in rows} == names_of_settings()
    assert {name.lower() for name, secret, _ in rows if secret} == set(SECRETS)
    defaults = {name.upper(): plain(field.default) for name, field in Settings.model_fields.items()}
    assert {name: default for name, _, default in rows} == defaults


def plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def test_the_example_has_every_setting_and_changes_none() -> None:
    example = ROOT / ".env.example"

    assert dotenv_values(example).keys() == names_of_settings()
    assert load_settings(example) == load_settings(None)


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / ".env.example"], ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    known = names_of_settings() | {f"{name.upper()}_FILE" for name in SECRETS} | {"NAME_FILE"}

    named = {name for name in A_SETTING.findall(path.read_text("utf-8")) if not name.startswith(OF_OTHERS)}
    assert named <= known


# verbs


def commands(path: Path) -> Iterator[str]:
    """Yield every command line of ours that a document has, in fences and in code spans."""
    shell = "\n".join(fences(path, "sh", "text", "ini")).replace("\\\n", " ").splitlines()
    for line in (*shell, *spans(path)):
        for part in re.split(r"[|;]| && | > ", line.removeprefix("$ ").removeprefix("ExecStart=").strip()):
            if re.match(r"(\S*/)?worthwhile |(\S*/)?python -m bot ", part.strip()):
                yield re.sub(r"^(\S*worthwhile|\S*python -m bot) ", "", part.strip())


@documents
def test_every_command_in_the_documents_can_be_typed(path: Path) -> None:
    for command in commands(path):
        try:
            verb_of(command)
        except SystemExit:
            pytest.fail(f"worthwhile {command}: is no command")


def verb_of(command: str) -> str:
    """Return which verb a command line means; a verb may be named without what it needs."""
    return command if command in cli.VERBS else str(parser().parse_args(shlex.split(command)).verb)


def test_every_verb_is_in_a_document() -> None:
    assert {verb_of(command) for path in DOCUMENTS for command in commands(path)} == set(cli.VERBS)


@documents
def test_every_target_of_make_that_is_named_exists(path: Path) -> None:
    targets = re.findall(r"^([\w-]+|\$\(STAMP\)):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    lines = [*spans(path), *"\n".join(fences(path, "sh")).splitlines()]
    named = {line.split()[1] for line in lines if line.startswith("make ")}

    assert named <= {*targets, ".venv/.installed"}


# words


def words_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every (word, argument) after `/mytokens` in a code span."""
    for span in spans(path):
        if span.startswith("/mytokens "):
            word, _, argument = span.removeprefix("/mytokens ").partition(" ")
            yield word, argument


@documents
def test_every_word_of_mytokens_that_is_named_exists(path: Path) -> None:
    for word, argument in words_of(path):
        typed = word in WORDS and WORDS[word].typed
        assert typed or parse_period(word, TODAY), f"/mytokens {word}"
        assert word != "why" or not argument or parse_day(argument, TODAY), f"/mytokens why {argument}"


def test_every_word_of_mytokens_is_in_the_readme() -> None:
    typed = {name for name, word in WORDS.items() if word.typed}

    assert typed <= {word for word, _ in words_of(ROOT / "README.md")}


# links, names, paths


@documents
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text("utf-8"))):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        assert there.is_file(), target
        assert not anchor or anchor in anchors(there), target


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", prose(path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@documents
def test_every_name_and_every_file_of_the_code_that_is_named_exists(path: Path) -> None:
    for span in spans(path):
        if A_NAME.fullmatch(span):
            assert exists(span.split(".")), span
        elif re.fullmatch(r"(?:bot|handlers|storage|tests|benchmarks|docs)/[\w/.]*", span):
            assert (ROOT / span).exists(), span


def exists(parts: Sequence[str]) -> bool:
    """Whether the dotted name leads to a module, or to something in one."""
    for length in range(len(parts), 0, -1):
        try:
            module: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        try:
            reduce(getattr, parts[length:], module)
        except AttributeError:
            return False
        return True
    return False


# pictures


def test_every_picture_is_in_a_document_with_words_for_who_cannot_see_it() -> None:
    shown = {
        ((path.parent / target).resolve(), words)
        for path in DOCUMENTS
        for words, target in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", prose(path.read_text("utf-8")))
    }

    assert {picture for picture, _ in shown} == set((ROOT / "docs/pictures").iterdir())
    assert [picture.name for picture, words in shown if len(words) < 20] == []


def test_pictures_have_the_size_of_a_desk_or_of_a_phone_and_load_quickly() -> None:
    for path in (ROOT / "docs/pictures").iterdir():
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n"), path.name
        assert struct.unpack(">II", content[16:24]) in {(1280, 800), (390, 800)}, path.name
        assert len(content) < 1_500_000, path.name


def test_the_readme_opens_with_the_moving_picture() -> None:
    opening = (ROOT / "README.md").read_text("utf-8").partition("## ")[0]
    (target,) = re.findall(r"!\[[^]]*\]\(([^)]+)\)", opening)
    frames = struct.unpack(">I", (ROOT / target).read_bytes().partition(b"acTL")[2][:4])[0]

    assert 6 <= frames <= 10
    assert "made-up company" in opening


@documents
def test_every_path_that_is_called_by_http_is_served(path: Path, sqlite_database: Database) -> None:
    routes = [*web_app(services_for(sqlite_database)).routes, slack_route(cast(App, None), "made up")]
    served = {route.path for route in routes if isinstance(route, Route)}
    called = re.findall(r"(?<![\w.])(/v1/[\w/]+|/healthz|/readyz|/metrics|/slack/\w+)", path.read_text("utf-8"))
    called += re.findall(r":8080(/[\w/]+)", path.read_text("utf-8"))

    assert set(called) <= served


# what is kept, what is pushed, what goes wrong


def test_the_fields_in_the_privacy_page_are_those_that_people_are_shown() -> None:
    said = (ROOT / "docs/privacy.md").read_text("utf-8")
    tables = [
        f"**{table}**\n\n| column | holds |\n|---|---|\n"
        + "".join(f"| `{column}` | {meaning} |\n" for column, meaning in columns.items())
        for table, columns in KEPT_FIELDS.items()
    ]

    assert "\n".join(tables) == said.partition("domain/fields.py -->\n\n")[2].partition("\n<!-- end of fields -->")[0]


def test_the_event_in_the_push_page_is_taken() -> None:
    (example,) = fences(ROOT / "docs/push.md", "json")

    events = push.parse(b"[" + example.encode() + b"]", datetime(2026, 11, 19, tzinfo=UTC))

    assert [(event.event_id, event.tokens.cache_read, event.has_result) for event in events] == [
        ("run-81-3", 80000, True)
    ]


def test_the_error_lines_that_are_explained_are_those_that_are_said() -> None:
    section = (ROOT / "docs/operate.md").read_text("utf-8").partition("## What an error line means")[2]
    explained = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    code = "".join(path.read_text("utf-8") for top in ("bot", "storage") for path in (ROOT / top).rglob("*.py"))

    assert len(explained) > 10
    assert [line for line in explained if line not in code] == []


@documents
def test_no_line_is_of_a_length_that_nobody_reads(path: Path) -> None:
    lines = prose(path.read_text("utf-8")).splitlines()

    assert [line for line in lines if len(line) > 160 and not line.startswith("|")] == []
