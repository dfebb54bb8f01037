"""The dashboard and the alert rules speak of metrics that exist, and every alert leads to a section that exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from bot.measuring.counters import BOUNDS, SLACK_WAITS_SECONDS
from bot.measuring.table import METRICS

ROOT: Final = Path(__file__).parents[1]
MONITORING: Final = ROOT / "extras" / "monitoring"
DASHBOARD: Final = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
ALERTS: Final = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))
PANELS: Final = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES: Final[list[dict[str, Any]]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
OF_PROMETHEUS: Final = {"instance", "le"}
UNITS: Final = ("_seconds", "_total", "_info", "_up", "_in_hand", "_due", "_week", "_accounts")


def asked() -> Iterator[tuple[str, str]]:
    """Yield every expression with what is said of its result."""
    for panel in PANELS:
        yield from ((target["expr"], target["legendFormat"]) for target in panel["targets"])
    for rule in RULES:
        yield rule["expr"], " ".join(rule["annotations"].values())


def names_in(expression: str) -> set[str]:
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"worthwhile_\w+", expression)}


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_metric_that_is_asked_for_exists_with_its_labels_and_none_is_forgotten() -> None:
    named = set()
    for expression, said in asked():
        names = names_in(expression)
        assert names <= set(METRICS), expression
        labels = {label for name in names for label in METRICS[name].labels} | OF_PROMETHEUS
        grouped = re.findall(r"by \(([^)]*)\)", expression)
        used = {label.strip() for group in grouped for label in group.split(",")} | set(
            re.findall(r"[{,]\s*(\w+)\s*[!=]", expression)
        )
        shown = set(re.findall(r"{{\s*(?:\$labels\.)?(\w+)\s*}}", said))
        assert used | shown <= labels, expression
        assert expression.count("(") == expression.count(")"), expression
        named |= names
    assert set(METRICS) - named == set()


def test_what_is_counted_goes_by_rate_and_has_its_unit_in_its_name() -> None:
    for expression, _ in asked():
        for name in names_in(expression):
            assert METRICS[name].kind == "gauge" or re.search(rf"(rate|increase)\({name}", expression), expression
    for name, metric in METRICS.items():
        assert name.endswith(UNITS), name
        assert metric.text.endswith("."), name
        assert (metric.kind == "counter") == name.endswith("_total"), name
        assert (metric.kind == "histogram") == (name in BOUNDS), name
    assert BOUNDS["worthwhile_acknowledgement_seconds"][-1] == SLACK_WAITS_SECONDS


def test_every_panel_has_its_title_description_and_unit_and_none_lies_on_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_every_alert_says_what_is_the_matter_and_leads_to_what_to_do() -> None:
    text = (ROOT / "docs" / "operate.md").read_text("utf-8")
    _, _, section = text.partition("\n## When an alert fires\n")
    headings = {slug(each) for each in re.findall(r"^### (.*)$", section.partition("\n## ")[0], re.MULTILINE)}

    assert {rule["annotations"].keys() >= {"summary", "description", "runbook_url"} for rule in RULES} == {True}
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    pages, _, _ = zip(*(rule["annotations"]["runbook_url"].partition("#") for rule in RULES), strict=True)
    assert set(pages) == {"docs/operate.md"}
    assert {rule["annotations"]["runbook_url"].partition("#")[2] for rule in RULES} == headings
