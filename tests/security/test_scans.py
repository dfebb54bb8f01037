"""Our own rules are each shown to fire, name files that exist, and stand beside hashed requirements.

The examples are tried with semgrep itself by `make scan`; here they are checked to be there for every rule.
"""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
RULES: Final[list[dict[str, Any]]] = yaml.safe_load((ROOT / "scans/semgrep.yml").read_text("utf-8"))["rules"]
EXAMPLES: Final = (ROOT / "scans/semgrep.py").read_text("utf-8")
LOCKS: Final = ("requirements.lock", "requirements-dev.lock", "requirements-scan.lock")


def marked(sign: str) -> set[str]:
    """Return the rules that have an example with *sign*."""
    found = re.findall(rf"^ *# {sign}: (.+)$", EXAMPLES, re.MULTILINE)
    return {name.strip() for each in found for name in each.split(",")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["id"]))
def test_every_rule_fires_on_a_bad_line_and_lets_a_good_one_pass(rule: dict[str, Any]) -> None:
    assert rule["id"] in marked("ruleid")
    assert rule["id"] in marked("ok")
    assert rule["severity"] == "ERROR"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["id"]))
def test_who_may_is_named_file_by_file(rule: dict[str, Any]) -> None:
    exempt = rule.get("paths", {}).get("exclude", [])
    folders = {path for path in exempt if (ROOT / path[1:]).is_dir()}

    assert [path for path in exempt if not path.startswith("/") or not (ROOT / path[1:]).exists()] == []
    assert folders <= {"/bot/playground", "/storage/migrations"}  # Slack's side; and what is written once


def test_every_example_is_of_a_rule() -> None:
    assert marked("ruleid") | marked("ok") == {rule["id"] for rule in RULES}


def test_the_whole_check_scans() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    scan = makefile.partition("\nscan:")[2].partition("\n\n")[0]

    assert re.search(r"^test:.*\n\t@\$\(MAKE\) .*\bcheck scan$", makefile, re.MULTILINE)  # both, before the tests
    assert "$(SEMGREP) bot handlers storage" in scan
    assert "$(SEMGREP) --test scans/semgrep.py" in scan
    assert "bandit -q -c pyproject.toml -r bot handlers storage" in scan
    assert {"--strict", "--error", "--metrics off"} <= {*re.findall(r"--strict|--error|--metrics off", makefile)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert lines
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
    assert "--require-hashes -r requirements-scan.lock" in (ROOT / "Makefile").read_text("utf-8")
