"""A provider revises, repeats or spoils what it reports: the tables hold what it said last, and the rest lands."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from bot.domain.money import nano_usd
from bot.jobs import sync
from bot.services import Services
from storage import pulls
from storage.engine import Database
from storage.ids import source_id
from storage.tables import SourceState
from tests.faults.test_every_call import DAYS, TODAY, Proxy, Told, proxy, pulling, told  # noqa: F401  # fixtures
from tests.providers.litellm import Spent
from tests.providers.standin import Asked, Reply

ASKED: Final = DAYS[1:]  # what the source still asks for


def truth(proxy: Proxy) -> tuple[Told, Told]:  # noqa: F811
    """Return what the tables have to hold of the days that are asked for, after what the proxy holds."""
    own: defaultdict[Any, list[Any]] = defaultdict(list)
    everybody: defaultdict[Any, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for one in proxy.spent:
        value = (nano_usd(one.spend), one.output)
        if one.user_id == "u-ada":
            own[one.day].append(value)
        sums = everybody[one.day][one.model]
        sums[0], sums[1] = sums[0] + value[0], sums[1] + value[1]
    return (
        {day: sorted(own[day]) for day in ASKED if day in own},
        {day: sorted(tuple(each) for each in everybody[day].values()) for day in ASKED if day in everybody},
    )


def held(database: Database) -> tuple[Told, ...]:
    return tuple({day: rows for day, rows in part.items() if day in ASKED} for part in told(database))


def up(stand: Proxy) -> None:
    stand.spent = [replace(one, spend=one.spend * 3, output=one.output * 3) for one in stand.spent]


def down(stand: Proxy) -> None:
    stand.spent = [replace(one, spend=one.spend / 2, output=one.output // 2) for one in stand.spent]


def gone(stand: Proxy) -> None:
    stand.spent = [one for one in stand.spent if one.model != "m2"]


def late(stand: Proxy) -> None:
    stand.spent.append(Spent(DAYS[-1], "u-ada", "hash-ada", "m3", Decimal("0.07"), 50, 7))


def reordered(stand: Proxy) -> None:
    stand.spent.reverse()


@pytest.mark.parametrize("change", [up, down, gone, late, reordered])
def test_after_a_revision_the_tables_hold_exactly_what_was_said_last(
    pulling: Services,  # noqa: F811
    proxy: Proxy,  # noqa: F811
    change: Callable[[Proxy], None],
) -> None:
    assert held(pulling.database) == truth(proxy)
    change(proxy)
    sync.run(pulling)

    assert held(pulling.database) == truth(proxy)
    sync.run(pulling)
    assert held(pulling.database) == truth(proxy)


def test_a_page_that_comes_twice_changes_nothing_and_is_said(pulling: Services, proxy: Proxy) -> None:  # noqa: F811
    before, route = held(pulling.database), proxy.routes["GET", "/user/daily/activity"]

    def the_first_again(asked: Asked) -> Reply:
        return route(replace(asked, query={**asked.query, "page": ["1"]}))

    proxy.hold(7)
    proxy.routes["GET", "/user/daily/activity"] = the_first_again
    counts = sync.run(pulling)
    instance = pulling.database.writing(lambda session: source_id(session, "litellm", "company"))
    with pulling.database.reading() as session:
        error = session.get_one(SourceState, instance).last_error
    after = held(pulling.database)
    proxy.routes["GET", "/user/daily/activity"] = route
    sync.run(pulling)

    assert (counts["failed"], after) == (1, before)
    assert "repeats a page" in error
    assert held(pulling.database) == truth(proxy)


def test_a_report_that_changes_between_two_pages_is_right_after_the_next_run(
    pulling: Services,  # noqa: F811
    proxy: Proxy,  # noqa: F811
) -> None:
    route = proxy.routes["GET", "/user/daily/activity"]

    def growing(asked: Asked) -> Reply:
        reply = route(asked)
        if asked.one("page") == "1":
            proxy.spent.insert(0, Spent(DAYS[-1], "u-ada", "hash-ada", "a0", Decimal("0.5"), 9, 1))
        return reply

    proxy.hold(3)
    proxy.routes["GET", "/user/daily/activity"] = growing
    sync.run(pulling)
    proxy.routes["GET", "/user/daily/activity"] = route
    sync.run(pulling)
    instance = pulling.database.writing(lambda session: source_id(session, "litellm", "company"))
    with pulling.database.reading() as session:
        flaws = pulls.flaws_of(session, instance)

    assert flaws == {}
    assert {row for row, _ in held(pulling.database)[0][DAYS[-1]]} >= {30_000_000}


GOOD: Final = {
    "spend": 1,
    "prompt_tokens": 5,
    "completion_tokens": 1,
    "api_requests": 1,
    "failed_requests": 0,
    "cache_read_input_tokens": 0,
    "cache_creation_input_tokens": 0,
}
POISON: Final[dict[str, dict[str, Any]]] = {
    "NaN": {"spend": "NaN"},
    "a negative cost": {"spend": -0.1},
    "a cost without end": {"spend": "1e999"},
    "a negative count": {"completion_tokens": -1},
    "2^63": {"prompt_tokens": 2**63},
    "2^64": {"api_requests": 2**64},
    "half a token": {"completion_tokens": 1.5},
    "a word": {"prompt_tokens": "many"},
    "a list": {"prompt_tokens": [1]},
    "a megabyte": {"completion_tokens": "9" * 1_000_000},
}
ODD_MODELS: Final = (
    "\u202egnp.exe",
    "👩🏽\u200d💻",
    "a\nb",
    "",
    "x" * 1_000_000,
    "a\0b",
    "'; DROP TABLE usage_day; --",
)


def spoiled(proxy: Proxy, models: dict[str, Any], day: str = DAYS[-1].isoformat()) -> None:  # noqa: F811
    """Let yesterday hold these models, and nothing any other day."""

    def route(asked: Asked) -> Reply:
        said = {name: {"metrics": GOOD, "metadata": about} for name, about in proxy.keys.items()}
        whole = {"date": day, "breakdown": {"models": models, "api_keys": said}}
        results = [whole] if asked.one("start_date") == DAYS[-1].isoformat() else []
        return Reply({"results": results, "metadata": {"page": 1, "total_pages": 1, "has_more": False}})

    proxy.routes["GET", "/user/daily/activity"] = route


def model(**by_key: dict[str, Any]) -> dict[str, Any]:
    """Return a model that keys used."""
    keys = {f"hash-{name}": {"metrics": metrics} for name, metrics in by_key.items()}
    return {"metrics": GOOD, "api_key_breakdown": keys}


def test_of_records_that_cannot_be_it_is_counted_that_they_were_left_out_and_the_rest_lands(
    pulling: Services,  # noqa: F811
    proxy: Proxy,  # noqa: F811
) -> None:
    bad = {f"bad{number}": {**GOOD, **changes} for number, changes in enumerate(POISON.values())}
    spoiled(proxy, {"gpt-5": model(ada=GOOD, **bad), "m2": model(ada=GOOD)})
    counts = sync.run(pulling)
    instance = pulling.database.writing(lambda session: source_id(session, "litellm", "company"))
    with pulling.database.reading() as session:
        flaws = pulls.flaws_of(session, instance)

    assert counts["failed"] == 0
    assert held(pulling.database)[0] == {DAYS[-1]: [(10**9, 1)] * 2}
    assert sum(flaws.values()) == len(POISON), flaws
    assert not any("hash-" in line or "9999" in line for line in flaws), "it names nobody and quotes nothing"


def test_names_that_nobody_expects_harm_nothing(pulling: Services, proxy: Proxy) -> None:  # noqa: F811
    spoiled(proxy, {name: model(ada=GOOD) for name in ODD_MODELS} | {"m2": model(ada=GOOD)})
    counts = sync.run(pulling)
    instance = pulling.database.writing(lambda session: source_id(session, "litellm", "company"))
    with pulling.database.reading() as session:
        flaws = pulls.flaws_of(session, instance)

    assert counts["failed"] == 0
    assert flaws == {"a row with a name that cannot be": 2}
    assert held(pulling.database)[0] == {DAYS[-1]: [(10**9, 1)] * (len(ODD_MODELS) - 1)}
