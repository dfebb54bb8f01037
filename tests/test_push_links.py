"""What pushed runs say they were for: their cost beside finished work, and never a piece of finished work itself."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.connectors.push_links import costs_by_reference
from bot.connectors.push_measures import Basis
from bot.domain.outcomes.links import StatedLink
from bot.domain.people import Viewer
from bot.errors import InputError
from bot.intake import take_push
from storage import people
from storage.engine import Database
from storage.finished_links import links_stated_for
from storage.tables import Change, Outcome, OutcomeLink
from storage.tokens import Bearer
from tests.cast import T0, TODAY, switched_on
from tests.senders import PLATFORM, PRICES, parsed, pushed, services_for

BILLED = {"amount": "0.10", "currency": "USD", "basis": "billed"}
CENTS_10 = 100_000_000


def push(database: Database, *events: dict[str, Any], bearer: Bearer = PLATFORM) -> None:
    take_push(services_for(database), parsed(*events), bearer)


def links(database: Database, viewer: Viewer) -> dict[str, StatedLink]:
    with database.reading() as session:
        return {link.reference: link for link in links_stated_for(session, viewer.person_id, date.min, TODAY)}


def billed(database: Database, viewer: Viewer) -> dict[str, int | None]:
    return {name: link.used.billed_nano_usd for name, link in links(database, viewer).items()}


def test_a_runs_cost_is_divided_among_what_it_names_and_repeats_add_nothing(database: Database) -> None:
    ada = switched_on(database)
    event = pushed(cost=BILLED, outcomes=["acme/api#1", "acme/api#2", "acme/api#1", " "])
    push(database, event, event)
    push(database, event, pushed(event_id="2", cost=BILLED, outcomes=["acme/api#1"]), pushed(event_id="3"))

    assert billed(database, ada) == {"acme/api#1": CENTS_10 * 3 // 2, "acme/api#2": CENTS_10 // 2}
    used = links(database, ada)["acme/api#2"].used
    assert (used.day, used.source, used.tool, used.run_kind, used.work) == (
        date(2026, 11, 18),
        "push",
        "meshclaw",
        "schedule",
        "nightly-triage",
    )
    assert (used.output_tokens, used.requests) == (None, None)


def test_a_push_creates_no_outcome(database: Database) -> None:
    switched_on(database)
    push(database, pushed(outcomes=["acme/api#1"]))
    with database.reading() as session:
        assert session.exec(select(Change)).all() == []
        assert session.exec(select(Outcome)).all() == []


def test_of_people_who_are_not_on_no_link_is_kept(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    push(
        database,
        pushed(outcomes=["acme/api#1"]),
        pushed(event_id="2", outcomes=["acme/api#1"], person={"email": "bob@example.com"}),
    )
    with database.reading() as session:
        assert session.exec(select(OutcomeLink)).all() == []


def test_what_a_persons_own_token_calls_billed_is_an_estimate(database: Database) -> None:
    ada = switched_on(database)
    push(database, pushed(cost=BILLED, outcomes=["acme/api#1"]), bearer=Bearer("laptop", ada.person_id))
    used = links(database, ada)["acme/api#1"].used

    assert (used.billed_nano_usd, used.list_value_nano_usd, used.list_value_by) == (None, CENTS_10, "sender")


def test_an_unknown_cost_stays_unknown_and_makes_a_known_one_incomplete(database: Database) -> None:
    ada = switched_on(database)
    push(database, pushed(cost=None, outcomes=["acme/api#1"]))
    assert billed(database, ada) == {"acme/api#1": None}
    push(database, pushed(event_id="2", cost=BILLED, outcomes=["acme/api#1"]))

    assert not links(database, ada)["acme/api#1"].used.measure("billed_nano_usd").complete


@pytest.mark.parametrize("name", ["a\u0000b", "a\nb"])
def test_a_reference_that_cannot_be_printed_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(pushed(outcomes=[name]))

    assert caught.value.rows == ["line 1: a name has characters that cannot be printed"]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=5), st.lists(st.sampled_from("abcde"), min_size=1))
def test_what_links_came_to_is_what_their_events_came_to(amounts: Sequence[int], names: Sequence[str]) -> None:
    events = parsed(
        *(
            pushed(event_id=str(number), outcomes=names, cost={**BILLED, "amount": f"{amount}e-9"})
            for number, amount in enumerate(amounts)
        )
    )
    (stated,) = costs_by_reference(events, 1, lambda _: Basis.BILLED, PRICES).values()

    assert sum(link.used.billed_nano_usd or 0 for link in stated) == sum(amounts)
    assert {link.reference for link in stated} == set(names)
