"""The made-up company's finished work as the tests ask it, with what came back as the place rules say it."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

from msgspec.structs import replace

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.demo.company.people import person
from bot.demo.company.repositories import login_of
from bot.demo.company.usage import SEED
from bot.demo.company.work import CompanyWork
from bot.demo.work_connector import DemoWork
from bot.domain.outcomes.reverts import with_returns
from bot.domain.outcomes.work import FinishedItem, OwnItem
from tests.demo.larkfield import START


@cache
def work(start: date = START, seed: int = SEED) -> CompanyWork:
    return CompanyWork(start, seed=seed)


def source(kind: str = "github", today: date = START, start: date = START, seed: int = SEED) -> DemoWork:
    return DemoWork(work(start, seed), kind, lambda: today)


@cache
def told(kind: str = "github", today: date = START, start: date = START, seed: int = SEED) -> ReportedWork:
    """Return everything that was told until *today*."""
    return source(kind, today, start, seed).reported_work(date.min, today)


def of_person(handle: str, told_by: ReportedWork) -> list[ReportedItem]:
    """Return what is somebody's."""
    return [each for each in told_by.items if each.author == login_of(person(handle))]


def own_items(handle: str, told_by: ReportedWork) -> list[OwnItem]:
    """Return somebody's items as they see them, with what came back."""
    theirs = [_own(each) for each in of_person(handle, told_by)]
    return with_returns(theirs, told_by.reverts, told_by.reopenings)


def _own(each: ReportedItem) -> OwnItem:
    known = {name: getattr(each.item, name) for name in each.item.__struct_fields__}
    return OwnItem(**known, title=each.title, link=each.link)


def of_places(places: Collection[str], told_by: ReportedWork) -> list[FinishedItem]:
    """Return everybody's items of some repositories, with their authors as marks and with what came back."""
    items = [
        replace(each.item, author=(each.author or "").encode()) for each in told_by.items if each.item.place in places
    ]
    return with_returns(items, told_by.reverts, told_by.reopenings)


def later(days: int) -> date:
    return START + timedelta(days=days)
