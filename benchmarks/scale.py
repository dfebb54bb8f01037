"""What grows with the company and what does not: the same questions to PostgreSQL with ever more people.

Everybody has 1.6 rows a day on every fourth day of 15 weeks, loaded day by day as in reality. What one person or one
team asks has to take as long in a large company as in a small one; a job may take as much longer as there is more.
The largest: `.venv/bin/python -m benchmarks.scale --people 5000 350000`.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from benchmarks.asked import Company, Figure, delete_day, seconds
from benchmarks.filled import DAYS, TODAY, fill, vacuum
from benchmarks.table import Row
from storage.engine import open_database
from storage.migrate import upgrade
from tests.postgresql import running_postgresql

SIZES: Final = (5_000, 20_000, 80_000)


def main(sizes: Sequence[int] = SIZES) -> list[Row]:
    """Measure companies of each of *sizes* and return the rows of the table."""
    measured = {people: _company(people, compare=people == max(sizes)) for people in sorted(sizes)}
    names = dict.fromkeys(figure.what for figures in measured.values() for figure in figures)
    return [
        _row({people: figure for people, figures in measured.items() for figure in figures if figure.what == name})
        for name in names
    ]


def _row(found: dict[int, Figure]) -> Row:
    """Return a figure of every size, with its ratio to the smallest company's."""
    smallest, least = next(iter(found.items()))
    told = [
        f"{people:,}: {_number(each.value)} {each.unit}"
        + (f" ({each.value / least.value:.2f})" if people != smallest and least.value else "")
        for people, each in found.items()
    ]
    return Row(least.what, "; ".join(told), "level" if least.level else "-")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _company(people: int, *, compare: bool) -> list[Figure]:
    with running_postgresql() as server, server.empty() as url:
        database = open_database(url)
        try:
            upgrade(database)
            filled = Figure("making the rows up", seconds(lambda: fill(database, people)), "s", level=False)
            company = Company(database, people)
            return [filled, *company.figures(), *(_laid_out(company) if compare else ())]
        finally:
            database.dispose()


def _laid_out(company: Company) -> Iterator[Figure]:
    """The same rows in one table and in a table a month: what a person reads, and a day that is deleted."""
    database, days = company.database, [TODAY - timedelta(days=back) for back in DAYS]
    yield from company.persons("12 weeks, one table")
    yield Figure("a day deleted at once, one table", delete_day(database, days[1]), "s", level=False)
    with database.engine.execution_options(worthwhile_patience=None).begin() as connection:
        _by_month(connection.exec_driver_sql)
    vacuum(database)
    yield from company.persons("12 weeks, a table a month")
    yield Figure("a day deleted at once, a table a month", delete_day(database, days[2]), "s", level=False)


def _by_month(run: Callable[[str], object]) -> None:
    run("ALTER TABLE usage_day RENAME TO usage_day_whole")
    run("CREATE TABLE usage_day (LIKE usage_day_whole INCLUDING DEFAULTS) PARTITION BY RANGE (day)")
    keys = "account_id, day, source_id, tool_id, model_id, run_kind_id, work, tier_id"
    run(f"ALTER TABLE usage_day ADD PRIMARY KEY ({keys})")
    first = (TODAY - timedelta(days=max(DAYS))).replace(day=1)
    while first <= TODAY:
        following = (first + timedelta(days=32)).replace(day=1)
        run(
            f"CREATE TABLE usage_day_{first:%Y%m} PARTITION OF usage_day FOR VALUES FROM ('{first}') TO ('{following}')"
        )
        first = following
    # day by day, as in reality
    run("INSERT INTO usage_day SELECT * FROM usage_day_whole ORDER BY day, account_id")
    run("DROP TABLE usage_day_whole")


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--people", type=int, nargs="+", default=SIZES)
    for row in main(words.parse_args().people):
        print(f"{row.what:<52} {row.figure}   [{row.bar}]")
