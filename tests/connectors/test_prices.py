"""Prices come from the public list of the day, one token at a time, unless a contract says otherwise."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.connectors.prices import price_book
from bot.domain.pricing import Tokens, list_value_nano_usd
from bot.errors import ConfigError
from tests.senders import PRICES

DAY = date(2026, 11, 10)
ENTRY = """
[[price]]
model = "claude-sonnet-4-5"
from = 2026-11-01
uncached_input = "2.70"
cache_read = "0.27"
cache_write = "3.375"
cache_write_1h = "5.40"
output = "13.50"
"""


def usd_per_mtok(provider: str, model: str, day: date = DAY, tier: str = "standard") -> list[str] | None:
    rates = PRICES(provider, model, day, tier)
    return None if rates is None else [f"{(rate * 1_000_000).normalize():f}" for rate in rates]


SONNET = ["3", "0.3", "3.75", "6", "15"]


@pytest.mark.parametrize(
    ("provider", "model", "day", "expected"),
    [
        pytest.param("anthropic", "claude-sonnet-4-5", DAY, SONNET, id="plain"),
        pytest.param("", "claude-sonnet-4-5-20250929", DAY, SONNET, id="dated name, no provider"),
        pytest.param("meshclaw", "Claude-Sonnet-4-5 ", DAY, SONNET, id="a provider that the list does not know"),
        pytest.param("anthropic", "claude-sonnet-4-5[1m]", DAY, SONNET, id="1m suffix"),
        pytest.param("cursor", "claude-4.5-sonnet", DAY, SONNET, id="turned round"),
        pytest.param("cursor", "claude-4.5-sonnet-thinking", DAY, SONNET, id="turned round, thinking"),
        pytest.param("", "anthropic/claude-sonnet-4.5", DAY, SONNET, id="vendor before the name"),
        pytest.param(
            "",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            DAY,
            ["3.3", "0.33", "4.125", "6.6", "16.5"],
            id="Bedrock profile: its regional price",
        ),
        pytest.param("openai", "o3", date(2025, 6, 1), ["10", "0.5", "10", "10", "40"], id="o3 before the cut"),
        pytest.param("openai", "o3", date(2025, 7, 1), ["2", "0.5", "2", "2", "8"], id="o3 after the cut"),
        pytest.param("openai", "gpt-5.5", DAY, ["5", "0.5", "5", "5", "30"], id="no long-context cliff"),
        pytest.param("google", "gemini-2.5-pro", DAY, ["1.25", "0.125", "1.25", "1.25", "10"], id="nor here"),
        pytest.param("", "gpt-5-codex-high", DAY, ["1.25", "0.125", "1.25", "1.25", "10"], id="effort"),
        pytest.param("openai", "some-unlisted-model", DAY, None, id="unlisted"),
        pytest.param("cursor", "claude-99-nothing", DAY, None, id="unlisted, looks known"),
        pytest.param("openai", "whisper-1", DAY, None, id="priced by something else than tokens"),
        pytest.param("", "", DAY, None, id="no name"),
    ],
)
def test_rates_of_a_day(provider: str, model: str, day: date, expected: list[str] | None) -> None:
    assert usd_per_mtok(provider, model, day) == expected


@pytest.mark.parametrize(
    ("day", "tier", "expected"),
    [
        (DAY, "default", SONNET),
        (DAY, "", SONNET),
        (DAY, "batch", ["1.5", "0.15", "1.875", "3", "7.5"]),
        (date(2026, 9, 10), "batch", None),
        (DAY, "a tier of nobody", None),
    ],
)
def test_a_tier_that_the_list_does_not_know_on_that_day_has_no_price(
    day: date, tier: str, expected: list[str] | None
) -> None:
    assert usd_per_mtok("anthropic", "claude-sonnet-4-5", day, tier) == expected


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        pytest.param("anthropic", "claude-sonnet-4-5", ["6", "0.6", "7.5", "12", "22.5"], id="above the threshold"),
        pytest.param("anthropic", "claude-sonnet-4-5[1m]", ["6", "0.6", "7.5", "12", "22.5"], id="1m suffix"),
        pytest.param("openai", "gpt-5.5", ["10", "1", "10", "10", "45"], id="a higher threshold"),
        pytest.param("anthropic", "claude-opus-4-7", ["5", "0.5", "6.25", "10", "25"], id="one price for any length"),
        pytest.param("openai", "some-unlisted-model", None, id="unlisted"),
    ],
)
def test_long_context_has_the_rates_of_one_large_request(provider: str, model: str, expected: list[str] | None) -> None:
    assert usd_per_mtok(provider, model, tier="long-context") == expected


def test_a_contract_may_price_long_context(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(ENTRY + 'tier = "long-context"\n')
    book = price_book(path)
    both = [book("anthropic", "claude-sonnet-4-5", DAY, tier) for tier in ("standard", "long-context")]
    assert [rates and rates.output_usd * 1_000_000 for rates in both] == [15, Decimal("13.5")]


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        ("claude-sonnet-4-5", Tokens(1000, 0, 0, 0, 100), "0.0045"),
        ("claude-opus-4-5", Tokens(9000, 200_000, 9000, 0, 4000), "0.30125"),
        ("claude-opus-4-7[1m]", Tokens(10, 0, 0, 0, 1), "0.000075"),
        ("gpt-5.5", Tokens(1_000_000, 0, 0, 0, 0), "5.00"),
        ("gemini-2.5-pro", Tokens(1_000_000, 0, 0, 0, 0), "1.25"),
    ],
)
def test_list_values_are_exact_sums_of_small_requests(model: str, tokens: Tokens, usd: str) -> None:
    assert list_value_nano_usd(tokens, PRICES("", model, DAY, "standard")) == int(Decimal(usd) * 10**9)


@pytest.fixture
def prices_file(tmp_path: Path) -> Path:
    return tmp_path / "prices.toml"


@pytest.mark.parametrize(
    ("provider", "model", "day", "input_usd"),
    [
        pytest.param("anthropic", "claude-sonnet-4-5", date(2026, 10, 31), "3", id="before the contract: the list"),
        pytest.param("anthropic", "claude-sonnet-4-5", date(2026, 11, 1), "2.7", id="from its first day"),
        pytest.param("", "Claude-Sonnet-4-5[1m]", DAY, "2.7", id="in any spelling"),
        pytest.param("", "claude-sonnet-4-5-20250929", DAY, "2.7", id="with the model's date"),
        pytest.param("anthropic", "claude-sonnet-4-5", date(2026, 11, 15), "2", id="superseded"),
        pytest.param("aws", "claude-sonnet-4-5", DAY, "1", id="one provider's price wins over anybody's"),
        pytest.param("anthropic", "claude-opus-4-5", DAY, "5", id="another model: the list"),
    ],
)
def test_contract_prices_are_over_the_list_from_their_day(
    prices_file: Path, provider: str, model: str, day: date, input_usd: str
) -> None:
    later = ENTRY.replace("2026-11-01", "2026-11-15").replace('"2.70"', "2.00")
    at_aws = ENTRY.replace("[[price]]", '[[price]]\nprovider = "AWS"').replace('"2.70"', "1")
    prices_file.write_text(ENTRY + later + at_aws)
    rates = price_book(prices_file)(provider, model, day, "standard")
    assert rates is not None
    assert rates.uncached_input_usd == Decimal(input_usd) / 1_000_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[[price]", "is not TOML"),
        ("[price]\nmodel = 1", r"begins with \[\[price\]\]"),
        ("[[prices]]\n", r"begins with \[\[price\]\]"),
        (ENTRY + ENTRY, r"number 2: claude-sonnet-4-5 has another price from 2026-11-01"),
        (ENTRY.replace('output = "13.50"', ""), r"number 1: Object missing required field `output`"),
        (ENTRY.replace("13.50", "-1"), r"number 1: -1 is not a price"),
        (ENTRY.replace("13.50", "NaN"), r"number 1: NaN is not a price"),
        (ENTRY.replace("13.50", "13,50"), r"number 1: .*\$\.output"),
        (ENTRY.replace("output", "ouput"), r"number 1: .*ouput"),
        (ENTRY.replace("2026-11-01", '"soon"'), r"number 1: .*from"),
        (ENTRY.replace("claude-sonnet-4-5", " "), r"number 1: model is empty"),
    ],
)
def test_a_mistake_in_the_file_names_the_setting_and_the_entry(prices_file: Path, content: str, words: str) -> None:
    prices_file.write_text(content)
    with pytest.raises(ConfigError, match=words) as refused:
        price_book(prices_file)
    assert all(problem.startswith(f"PRICES_FILE: {prices_file}") for problem in refused.value.problems)


def test_a_file_that_is_missing_or_no_text_is_named(prices_file: Path) -> None:
    with pytest.raises(ConfigError, match=r"PRICES_FILE: .*prices\.toml cannot be read"):
        price_book(prices_file)
    prices_file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"PRICES_FILE: .*prices\.toml is not TOML"):
        price_book(prices_file)


def test_the_packaged_example_is_an_entry_that_works(prices_file: Path) -> None:
    from bot.policy import packaged_text

    commented = packaged_text("prices.toml").splitlines()
    start = commented.index("# [[price]]")
    prices_file.write_text("\n".join(line.removeprefix("# ") for line in commented[start:]))
    rates = price_book(prices_file)("", "claude-sonnet-4-5", DAY, "standard")
    assert rates is not None
    assert rates.output_usd == Decimal("0.0000135")


def test_the_list_is_loaded_when_the_first_price_is_asked_for() -> None:
    code = (
        "import sys, bot.connectors.prices as p; book = p.price_book(None); "
        "assert 'genai_prices' not in sys.modules; from datetime import date; "
        "assert book('', 'o3', date(2026, 1, 1), ''); assert 'genai_prices' in sys.modules"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_names_that_senders_make_up_do_not_pile_up() -> None:
    import genai_prices.data_snapshot as shared

    for number in range(50):
        PRICES("made-up", f"claude-made-up-{number}", DAY, "standard")
    snapshot = shared._bundled_snapshot()
    assert not snapshot._lookup_cache
    assert not snapshot._provider_misses
