"""The house: imports point inwards, and importing a module does nothing."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
OURS: Final = ("bot", "handlers", "storage")
INNER: Final = (
    *("bot.domain", "bot.errors", "bot.views", "bot.connectors", "storage", "bot.services"),
    *("bot.measuring.counters", "bot.measuring.requests"),
)
EVERYTHING: Final = ("bot", "handlers", "storage")

# Who may import what, beside itself. What stands deeper in a folder follows the longest name that fits.
MAY_IMPORT: Final[dict[str, tuple[str, ...]]] = {
    "bot": (),
    "bot.errors": (),
    "bot.domain": (),
    "bot.defaults": (),
    "bot.config": ("bot.errors",),
    "bot.policy": ("bot.domain", "bot.errors"),
    "bot.policy_in_force": ("bot.domain", "bot.policy"),
    "bot.pool": ("bot.errors",),
    "bot.limits": (),
    "bot.logs": ("bot.errors",),
    "bot.manifest": ("bot.errors",),
    "bot.customer_names": ("bot.domain", "bot.errors"),
    "bot.drafting": ("bot.config", "bot.connectors", "bot.domain"),
    "bot.files": ("bot.errors",),
    "bot.slack": (
        "bot.domain",
        "bot.errors",
        "bot.slack_calls",
        "bot.slack_delivery",
        "bot.slack_groups",
        "bot.slack_org",
        "bot.slack_late",
        "bot.slack_urls",
    ),
    "bot.measuring": (*INNER, "bot.jobs"),
    "bot.connection.state": (),
    "bot.connection": ("bot.errors", "bot.slack_calls"),
    "bot.measuring.counters": (),
    "bot.measuring.requests": ("bot.measuring.counters",),
    "bot.slack_calls": ("bot.errors",),
    "bot.slack_delivery": ("bot.domain", "bot.slack_calls", "bot.slack_late"),
    "bot.slack_org": ("bot.domain", "bot.errors", "bot.slack_calls"),
    "bot.slack_groups": ("bot.domain", "bot.errors", "bot.slack_calls"),
    "bot.slack_late": (),
    "bot.slack_urls": ("bot.slack_calls",),
    "bot.views": ("bot.domain", "bot.errors"),
    "bot.connectors": ("bot.domain", "bot.errors", "bot.policy"),  # the packaged texts are in policy
    "storage": ("bot.domain", "bot.errors"),
    "bot.services": (
        "bot.connection.state",
        "bot.connectors",
        "bot.domain",
        "bot.limits",
        "bot.measuring.counters",
        "bot.policy",
        "bot.policy_in_force",
        "bot.pool",
        "bot.slack",
        "storage",
    ),
    "handlers": INNER,
    "bot.jobs": (*INNER, "bot.policy_in_force"),
    "bot.intake": (*INNER, "bot.push_counting"),
    "bot.push_counting": (*INNER, "bot.run_counting"),
    "bot.run_counting": INNER,
    "bot.telemetry": (*INNER, "bot.push_counting", "bot.run_counting"),
    "bot.report_files": (*INNER, "bot.jobs"),
    "bot.importing": EVERYTHING,
    "bot.syncing": EVERYTHING,
    "bot.previewing": EVERYTHING,
    "bot.work_intake": INNER,
    "bot.web": (
        *INNER,
        "bot.limits",
        "bot.connection.state",
        "bot.measuring",
        "bot.intake",
        "bot.telemetry",
        "bot.work_intake",
    ),
    "bot.playground": ("bot.errors",),
    "bot.sources": ("bot.config", "bot.connectors", "bot.domain", "bot.errors", "bot.policy"),
    "bot.arguments": ("bot.errors", "bot.jobs"),
    "bot.app": EVERYTHING,
    "bot.demo": EVERYTHING,
    "bot.doctor": EVERYTHING,
    "bot.cli": EVERYTHING,
    "bot.__main__": EVERYTHING,
}
OUTERMOST: Final = frozenset(place for place, allowed in MAY_IMPORT.items() if allowed == EVERYTHING)


def module_files() -> dict[str, Path]:
    files = (path for top in OURS for path in (ROOT / top).rglob("*.py"))
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


MODULES: Final = module_files()


def inside(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def place_of(module: str) -> str:
    return max((place for place in MAY_IMPORT if inside(module, place)), key=len)


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield what is imported of ours, wherever in the file: modules by name, or what comes from a package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in OURS)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else str(node.module)


def outwards(module: str, source: str) -> list[str]:
    """Return what *module* with this *source* must not import."""
    place = place_of(module)
    allowed = (place, *MAY_IMPORT[place]) if place != "bot" else ()
    found = imported(ast.parse(source))
    return sorted({name for name in found if name != "bot" and not any(inside(name, each) for each in allowed)})


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_inwards(module: str) -> None:
    assert outwards(module, MODULES[module].read_text("utf-8")) == []


@pytest.mark.parametrize("module", MODULES)
def test_nobody_imports_what_is_outermost(module: str) -> None:
    found = set(imported(ast.parse(MODULES[module].read_text("utf-8"))))

    assert place_of(module) in OUTERMOST or not any(inside(name, place) for name in found for place in OUTERMOST)


@pytest.mark.parametrize("module", MODULES)
def test_nobody_imports_relatively_or_from_the_tests(module: str) -> None:
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert (node.module or "").split(".")[0] != "tests"


def test_every_module_has_a_place() -> None:
    """A new file at the top of `bot` gets a line in MAY_IMPORT."""
    assert [module for module in MODULES if place_of(module) == "bot" and module != "bot"] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.domain.money", "from bot.errors import InputError"),
        ("bot.domain.money", "def f():\n    import storage.usage"),
        ("bot.views.usage", "from storage import usage"),
        ("bot.views.usage", "from bot.policy import Policy"),
        ("storage.usage", "from bot.services import Services"),
        ("handlers.usage", "from bot import app"),
        ("handlers.usage", "from bot.config import Settings"),
        ("bot.jobs.clock", "from handlers.usage import show"),
        ("bot.web.app", "import bot.cli"),
        ("bot.playground.world", "from bot.domain.people import SlackId"),
        ("bot.brand_new", "from bot.domain import money"),
    ],
)
def test_an_import_that_points_outwards_would_be_noticed(module: str, source: str) -> None:
    assert outwards(module, source) != []


def test_importing_any_module_does_nothing() -> None:
    script = ROOT / "tests" / "import_everything.py"
    ended = subprocess.run([sys.executable, "-B", script], capture_output=True, text=True, timeout=60, check=False)

    assert ended.stderr == ""
    found = json.loads(ended.stdout)
    assert found["done"] == []
    assert found["imported"] >= len(MODULES) - 2
