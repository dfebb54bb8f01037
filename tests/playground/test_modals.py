"""Modals: opening within three seconds, typing, the four answers to a submission, closing."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App

from bot.playground.local_slack import LocalSlack
from bot.playground.screens import NotPossibleError
from tests.playground.bots import (
    Json,
    actions,
    button,
    chart,
    client_of,
    connected,
    error_of,
    keep,
    modal,
    new_app,
    options,
    plain,
    section,
    text_input,
)

Answer = Callable[..., None]


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[App]:
    app = new_app(slack)
    app.shortcut("open")(lambda ack: ack())
    app.action("go")(lambda ack: ack())
    with connected(slack, app, "http"):
        yield app


def _trigger(slack: LocalSlack) -> str:
    return slack.shortcut("U01ANA", "open").trigger_id


def _opened(slack: LocalSlack, *blocks: Json, **more: Any) -> Json:
    view = modal(*(blocks or (text_input(),)), callback_id="form", **more)
    answer: Json = client_of(slack).views_open(trigger_id=_trigger(slack), view=view)["view"]
    return answer


def test_a_modal_is_seen_by_the_person_who_asked(slack: LocalSlack, app: App) -> None:
    view = _opened(slack)

    shown = slack.wait_shown("U01ANA")
    assert (shown.surface, shown.text, shown.view_id) == ("modal", "Title", view["id"])
    assert slack.shown_to("U01MO") == []


def test_a_trigger_is_exchanged_once(slack: LocalSlack, app: App) -> None:
    trigger = _trigger(slack)
    view = modal(section())
    client_of(slack).views_open(trigger_id=trigger, view=view)

    assert error_of(client_of(slack).views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"


@pytest.mark.parametrize(("seconds", "error"), [(2.5, ""), (3.1, "expired_trigger_id")])
def test_a_trigger_lasts_three_seconds(slack: LocalSlack, app: App, seconds: float, error: str) -> None:
    trigger = _trigger(slack)
    slack.pass_time(seconds)

    assert error_of(client_of(slack).views_open, trigger_id=trigger, view=modal(section())) == error


def test_a_made_up_trigger_is_refused(slack: LocalSlack) -> None:
    opened = client_of(slack).views_open

    assert error_of(opened, trigger_id="guess", view=modal(section())) == "invalid_trigger_id"
    assert error_of(opened, trigger_id="1.2.abc", view=modal(section())) == "expired_trigger_id"


def test_a_wrong_modal_is_refused_and_the_trigger_stays_good(slack: LocalSlack, app: App) -> None:
    trigger = _trigger(slack)
    opened = client_of(slack).views_open

    assert error_of(opened, trigger_id=trigger, view=modal(section(""))) == "invalid_arguments"
    assert error_of(opened, trigger_id=trigger, view=modal(chart())) == "invalid_blocks"
    assert error_of(opened, trigger_id=trigger, view=modal(section())) == ""


def test_a_stack_holds_three(slack: LocalSlack, app: App) -> None:
    root = _opened(slack, section())
    push = client_of(slack).views_push
    second = push(trigger_id=_trigger(slack), view=modal(section("2")))["view"]
    push(trigger_id=_trigger(slack), view=modal(section("3")))

    assert (second["root_view_id"], second["previous_view_id"]) == (root["id"], root["id"])
    assert error_of(push, trigger_id=_trigger(slack), view=modal(section("4"))) == "push_limit_reached"


def test_an_update_needs_the_right_hash(slack: LocalSlack, app: App) -> None:
    first = _opened(slack, section())
    update = client_of(slack).views_update
    second = update(view_id=first["id"], view=modal(section("two")), hash=first["hash"])["view"]

    assert second["hash"] != first["hash"]
    stale = {"view_id": first["id"], "view": modal(section("three")), "hash": first["hash"]}
    assert error_of(update, **stale) == "hash_conflict"
    assert error_of(update, view_id="V0", view=modal(section())) == "not_found"


def test_a_view_is_found_by_its_external_id_which_is_unique(slack: LocalSlack, app: App) -> None:
    _opened(slack, section(), external_id="mine")

    again = {"trigger_id": _trigger(slack), "view": modal(section(), external_id="mine")}
    assert error_of(client_of(slack).views_open, **again) == "duplicate_external_id"
    assert client_of(slack).views_update(external_id="mine", view=modal(section("x")))["ok"]


def test_what_was_typed_arrives(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.view("form")(keep(got))
    menu = {"type": "static_select", "action_id": "pick", "options": options(2), "initial_option": options(2)[1]}
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": options(3)}
    _opened(
        slack,
        text_input(),
        {"type": "input", "block_id": "menu", "label": plain("Menu"), "element": menu},
        {"type": "input", "block_id": "boxes", "label": plain("Boxes"), "element": boxes, "optional": True},
        private_metadata="kept",
    )

    slack.submit("U01ANA", {"name": {"typed": "hey"}, "boxes": {"boxes": ["o0", "v2"]}})

    (body,) = got
    values = body["view"]["state"]["values"]
    assert values["name"]["typed"] == {"type": "plain_text_input", "value": "hey"}
    assert values["menu"]["pick"]["selected_option"] == options(2)[1]
    assert [one["value"] for one in values["boxes"]["boxes"]["selected_options"]] == ["v0", "v2"]
    assert (body["type"], body["view"]["private_metadata"]) == ("view_submission", "kept")


def test_slack_itself_keeps_an_unfinished_form(slack: LocalSlack, app: App) -> None:
    _opened(slack, text_input(max_length=3))

    with pytest.raises(NotPossibleError, match="complete this required field"):
        slack.submit("U01ANA")
    with pytest.raises(NotPossibleError, match="0 to 3 characters"):
        slack.submit("U01ANA", {"name": {"typed": "long"}})
    with pytest.raises(NotPossibleError, match="no field"):
        slack.submit("U01ANA", {"other": {"typed": "x"}})


def test_an_empty_ack_closes_the_modal_and_uncovers_the_one_below(slack: LocalSlack, app: App) -> None:
    app.view("form")(lambda ack: ack())
    below = _opened(slack, section())
    client_of(slack).views_push(trigger_id=_trigger(slack), view=modal(section(), callback_id="form"))

    slack.submit("U01ANA")

    assert slack.top_modal("U01ANA")["id"] == below["id"]


def test_errors_stand_under_their_field_and_the_modal_stays(slack: LocalSlack, app: App) -> None:
    app.view("form")(lambda ack: ack(response_action="errors", errors={"name": "too short"}))
    view = _opened(slack)

    slack.submit("U01ANA", {"name": {"typed": "x"}})

    shown = slack.wait_shown("U01ANA")
    assert "too short" in shown.text
    assert slack.top_modal("U01ANA")["id"] == view["id"]


def test_an_error_for_a_field_that_is_not_there_is_refused(slack: LocalSlack, app: App) -> None:
    app.view("form")(lambda ack: ack(response_action="errors", errors={"other": "?"}))
    _opened(slack)

    assert slack.submit("U01ANA", {"name": {"typed": "x"}}).error == "invalid_errors"


@pytest.mark.parametrize(("action", "depth"), [("update", 1), ("push", 2)])
def test_a_submission_can_lead_to_another_view(slack: LocalSlack, app: App, action: str, depth: int) -> None:
    app.view("form")(lambda ack: ack(response_action=action, view=modal(section("next"), title=plain("Next"))))
    _opened(slack)

    slack.submit("U01ANA", {"name": {"typed": "x"}})

    assert slack.wait_shown("U01ANA").text == "Next"
    assert len(slack.world.modals["U01ANA"]) == depth


def test_a_wrong_next_view_is_refused(slack: LocalSlack, app: App) -> None:
    app.view("form")(lambda ack: ack(response_action="update", view=modal(chart())))
    view = _opened(slack)

    assert slack.submit("U01ANA", {"name": {"typed": "x"}}).error == "invalid_blocks"
    assert slack.top_modal("U01ANA")["id"] == view["id"]


def test_clear_closes_all(slack: LocalSlack, app: App) -> None:
    app.view("form")(lambda ack: ack(response_action="clear"))
    _opened(slack, section())
    client_of(slack).views_push(trigger_id=_trigger(slack), view=modal(section(), callback_id="form"))

    slack.submit("U01ANA")

    with pytest.raises(NotPossibleError, match="no modal"):
        slack.top_modal("U01ANA")


def test_a_submission_that_is_not_acknowledged_leaves_the_modal(slack: LocalSlack, app: App) -> None:
    view = _opened(slack)

    assert slack.submit("U01ANA", {"name": {"typed": "x"}}).error == "dispatch_failed"
    assert slack.top_modal("U01ANA")["id"] == view["id"]


def test_closing_is_told_only_to_those_who_asked(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.view_closed("form")(keep(got))
    _opened(slack, section())
    assert slack.close("U01ANA") is None

    _opened(slack, section(), notify_on_close=True)
    slack.close("U01ANA", everything=True)

    assert [(body["type"], body["is_cleared"]) for body in got] == [("view_closed", True)]


def test_a_press_in_a_modal_carries_what_is_typed_so_far(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("more")(keep(got))
    _opened(slack, text_input(), actions(button("more", "More")))

    slack.fill("U01ANA", {"name": {"typed": "half"}})
    slack.click("U01ANA", slack.wait_shown("U01ANA"), "More")

    (body,) = got
    assert body["view"]["state"]["values"]["name"]["typed"]["value"] == "half"
    assert "response_url" not in body
    client_of(slack).views_push(trigger_id=body["trigger_id"], view=modal(section()))


def test_an_update_keeps_what_is_typed_where_the_field_stays(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.view("form")(keep(got))
    view = _opened(slack)
    slack.fill("U01ANA", {"name": {"typed": "half"}})

    changed = modal(text_input(), section(), callback_id="form")
    client_of(slack).views_update(view_id=view["id"], view=changed)
    slack.submit("U01ANA")

    assert got[0]["view"]["state"]["values"]["name"]["typed"]["value"] == "half"


def test_a_field_speaks_up_only_when_it_dispatches(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("typed")(keep(got))
    _opened(slack, text_input("quiet"), {**text_input("loud"), "dispatch_action": True})
    shown = slack.wait_shown("U01ANA")

    with pytest.raises(NotPossibleError, match="nothing before"):
        slack.click("U01ANA", shown, "typed", value="x")
    slack.click("U01ANA", shown, "typed", value="x", block_id="loud")
    assert [body["actions"][0]["value"] for body in got] == ["x"]
    assert got[0]["view"]["state"]["values"]["loud"]["typed"]["value"] == "x"


def test_a_covered_or_closed_modal_cannot_be_used(slack: LocalSlack, app: App) -> None:
    _opened(slack, actions(button()))
    shown = slack.wait_shown("U01ANA")
    client_of(slack).views_push(trigger_id=_trigger(slack), view=modal(section()))

    with pytest.raises(NotPossibleError, match="another one"):
        slack.click("U01ANA", shown, "go")
    slack.close("U01ANA", everything=True)
    with pytest.raises(NotPossibleError, match="no modal"):
        slack.click("U01ANA", shown, "go")


def test_a_modal_opens_while_the_command_is_still_being_acknowledged(slack: LocalSlack, app: App) -> None:
    @app.command("/form")
    def form(ack: Any, client: Any, body: Json) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=modal(section("loading")))
        ack()

    started = time.monotonic()
    assert slack.command("U01ANA", "/form").acked
    assert slack.wait_shown("U01ANA").surface == "modal"
    assert time.monotonic() - started < 1
