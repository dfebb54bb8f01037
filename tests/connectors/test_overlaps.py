"""The overlap groups come from the operator's file or the packaged one."""

from pathlib import Path

import pytest

from bot.connectors.overlaps import load_overlaps
from bot.errors import ConfigError


def test_the_packaged_groups_believe_a_vendor_over_a_laptop() -> None:
    order = load_overlaps(None)["claude-code"]
    assert order.index("anthropic") < order.index("push") < order.index("ccusage")


def test_the_operators_file_replaces_the_packaged_groups(tmp_path: Path) -> None:
    path = tmp_path / "overlaps.toml"
    path.write_text('claude-code = ["ccusage", "anthropic"]')
    assert load_overlaps(path) == {"claude-code": ("ccusage", "anthropic")}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("claude-code = [", "is not TOML"),
        ('claude-code = "anthropic"', "claude-code: give a list"),
        ("claude-code = [1]", "claude-code: give a list"),
        ("[claude-code]\na = 1", "claude-code: give a list"),
        ("codex = []", "codex: name at least one"),
        ('codex = [""]', "codex: name at least one"),
        ('codex = ["push", "otel", "push"]', "codex: push is named twice"),
    ],
)
def test_a_mistake_names_the_setting_and_the_group(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "overlaps.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=f"^OVERLAPS_FILE: .*{words}"):
        load_overlaps(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^OVERLAPS_FILE: .*none\.toml cannot be read"):
        load_overlaps(tmp_path / "none.toml")
