"""Setting a team up in Slack: a form, an operator's click where one is named, and settings for its lead alone."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from bot.domain.teams import Team
from bot.jobs import user_groups
from bot.jobs.organising import take_organisation
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.playground.world import DEFAULT_SCOPES, OPTIONAL_SCOPES
from storage import finished, teams
from storage.ids import source_id
from tests.domain.outcomes.cast import change, ticket
from tests.e2e.harness import Stage, staged, texts, until
from tests.jobs.delivering import deliver

ANA, MO, RUI, SAM, GUS = "U01ANA", "U01MO", "U01RUI", "U01SAM", "U01GUS"
ORGANISATION: Final = (
    "what,name,value",
    "group,Engineering,",
    "group,Payments,Engineering",
    "group,Platform,Engineering",
    "member,mo@larkfield.example,Payments",
    "member,ana@larkfield.example,Payments",
    "member,rui@larkfield.example,Platform",
    "team,Payments,mo@larkfield.example",
    "place,Payments,acme/payments",
    "place,Payments,PAY",
    "channel,Payments,C01PAYMENTS",
)
FORM: Final[dict[str, Any]] = {
    "name": "Payments", "places": ["acme/payments", "PAY"], "members": "group Payments", "channel": None
}  # fmt: skip


def prepared(made: Stage) -> Stage:
    made.command = "/teamdigest"
    services = made.services
    user_groups.run_after_directory(services)
    take_organisation(services, "\n".join(ORGANISATION).encode())
    items = [change(place="acme/payments"), change(place="acme/web"), ticket(place="PAY")]
    services.database.writing(
        lambda session: finished.put_items(session, source_id(session, "github", "company"), items)
    )
    return made


@pytest.fixture(scope="module")
def desk(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A bot whose policy names Sam, in a workspace with a user group."""
    policy = tmp_path_factory.mktemp("policy") / "policy.toml"
    policy.write_text('[people]\nhelp = ["U01SAM"]\noperators = ["U01SAM"]\n')
    slack = LocalSlack(scopes=(*DEFAULT_SCOPES, *OPTIONAL_SCOPES))
    slack.world.usergroups["S0NIGHT01"] = {"handle": "night-shift", "name": "Night shift", "users": [ANA, RUI]}
    with staged(slack, new_database(), "socket", policy_file=policy) as made:
        yield prepared(made)


@pytest.fixture(autouse=True)
def _no_teams_yet(request: pytest.FixtureRequest) -> None:
    for name in ("desk", "stage"):
        if name in request.fixturenames:
            made = request.getfixturevalue(name)
            made.services.database.writing(
                lambda session: [teams.stop(session, t.id) for t in teams.running_teams(session)]
            )


def fill(made: Stage, user: str, **changes: Any) -> Shown:
    """Open the form, fill it in, send it, and return what is shown then."""
    made.ask(user, "create")
    return send(made, user, {**FORM, **changes})


def send(made: Stage, user: str, values: dict[str, Any]) -> Shown:
    mark = made.slack.mark()
    typed = {name: {name: value} for name, value in values.items()}
    return made.answer(user, mark, made.slack.submit(user, typed))


def running(made: Stage) -> list[Team]:
    with made.services.database.reading() as session:
        return teams.running_teams(session)


def sent_to(made: Stage, user: str, words: str) -> Shown:
    """Return the message to *user* that has these words, once the bot's own sender, or we, have sent it."""

    def found() -> list[Shown]:
        return [shown for shown in made.slack.shown_to(user) if shown.surface == "dm" and words in texts(shown)]

    deliver(made.services)
    assert until(lambda: bool(found())), words
    return found()[-1]


def test_a_team_of_the_operators_file_is_set_up_at_once(desk: Stage) -> None:
    answer = texts(fill(desk, MO))
    [team] = running(desk)

    assert (team.name, team.places, team.channel, team.cost_group) == (
        "Payments",
        ("acme/payments", "PAY"),
        "",
        "Payments",
    )
    assert "*Payments is set up* for acme/payments and PAY. First digest: Tue 24 November." in answer
    assert "Everybody in the team finds the same digest in Home. It has no names and no AI usage." in answer
    assert "See an example" in answer


def test_the_form_begins_with_what_the_file_says_of_ones_team(desk: Stage) -> None:
    desk.ask(MO, "create")
    answer = texts(send(desk, MO, {}))
    [team] = running(desk)

    assert "*Payments is set up*" in answer
    assert (set(team.places), team.group, team.channel) == ({"acme/payments", "PAY"}, "Payments", "C01PAYMENTS")


def test_other_places_wait_for_one_click_of_an_operator_and_the_lead_is_told(desk: Stage) -> None:
    answer = texts(fill(desk, RUI, name="Platform", places=["acme/web"], members="group Platform"))
    assert "Sent to <@U01SAM>. I'll tell you." in answer
    assert running(desk) == []
    assert "*Platform* waits for an operator" in texts(desk.ask(RUI))

    asked = sent_to(desk, SAM, "*Rui sets up a digest for Platform:* acme/web.")
    assert "the group Platform, 1 person" in texts(asked)
    assert "*Platform is set up* for acme/web" in texts(desk.press(SAM, asked, "Agree"))
    [team] = running(desk)
    assert (team.name, team.cost_group, team.from_file) == ("Platform", "Platform", False)
    sent_to(desk, RUI, "*Platform is set up* for acme/web. First digest: Tue 24 November")
    assert "settled already" in texts(desk.press(SAM, asked, "Decline"))
    assert running(desk) == [team]


def test_a_declined_team_is_not_set_up_and_the_lead_is_told(desk: Stage) -> None:
    fill(desk, ANA, name="Side project", places=["acme/web"])
    asked = sent_to(desk, SAM, "Side project")

    assert "Declined: Side project." in texts(desk.press(SAM, asked, "Decline"))
    sent_to(desk, ANA, "*Side project is not set up:* an operator declined. Questions: <@U01SAM>")
    assert running(desk) == []


def test_only_operators_can_agree(desk: Stage) -> None:
    fill(desk, ANA, name="By myself", places=["acme/web"])
    with desk.services.database.reading() as session:
        [waiting] = [team for team in teams.asked_for_by(session, viewer_id(desk, ANA)) if team.name == "By myself"]
    mark = desk.slack.mark()
    forged = desk.slack.forge_action(ANA, f"teamdigest-agree:{waiting.id}", str(waiting.id))

    assert "That is for those who run this bot" in texts(desk.answer(ANA, mark, forged))
    assert running(desk) == []


def viewer_id(made: Stage, user: str) -> int:
    viewer = made.viewer(user)
    assert viewer is not None
    return viewer.person_id


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"channel": "C01GENERAL"}, "*Invite me here first:* <#C01GENERAL>"),
        ({"channel": "G01PRIVATE"}, "*Invite me here first:* <#G01PRIVATE>"),
    ],
)
def test_to_post_in_a_channel_the_bot_must_be_in_it(desk: Stage, changes: dict[str, Any], said: str) -> None:
    shown = fill(desk, MO, **changes)

    assert said in texts(shown)
    assert running(desk) == []
    desk.press(MO, shown, "Back to the form")
    assert "*Payments is set up*" in texts(send(desk, MO, {"channel": "C01PAYMENTS"}))
    assert running(desk)[0].channel == "C01PAYMENTS"


def test_what_is_wrong_stands_at_its_field_and_nothing_is_asked_of_anybody(desk: Stage) -> None:
    shown = fill(desk, MO, name="   ")

    assert shown.text == "Set up a team digest; A name of one line, with up to 60 characters."
    assert running(desk) == []


def test_a_name_that_is_taken_or_somebody_elses_is_said(desk: Stage) -> None:
    assert "The company's file names somebody else as the lead of Payments" in texts(fill(desk, ANA))
    fill(desk, MO)
    assert "A team called PAYMENTS is set up already" in texts(fill(desk, MO, name="PAYMENTS"))
    assert len(running(desk)) == 1


def test_a_user_groups_people_are_the_team_and_follow_it_at_night(desk: Stage) -> None:
    services, world = desk.services, desk.slack.world

    def members() -> set[str]:
        with services.database.reading() as session:
            [team] = teams.running_teams(session)
            numbers = set(teams.members(session, team.id))
        return {user for user in (ANA, MO, RUI, SAM) if viewer_id(desk, user) in numbers}

    fill(desk, RUI, name="Nights", places=["acme/web"], members="slack S0NIGHT01")
    desk.press(SAM, sent_to(desk, SAM, "Nights"), "Agree")
    assert members() == {ANA, RUI}
    group = world.usergroups["S0NIGHT01"]
    group["users"] = [MO, SAM, "U0UNKNOWN"]
    world.scopes.remove("usergroups:read")
    assert user_groups.run(services)["user_groups"] == 0
    world.scopes.add("usergroups:read")
    assert members() == {ANA, RUI}, "where Slack does not tell, they stay"
    assert user_groups.run(services)["user_groups"] == 1
    assert members() == {MO, SAM}
    group["date_delete"] = 1
    try:
        assert user_groups.run(services)["user_groups"] == 0
        gone = sent_to(desk, SAM, "*The user group of Nights is gone from Slack* (S0NIGHT01)")
        user_groups.run(services)
        assert sent_to(desk, SAM, "is gone from Slack") == gone
        assert members() == {MO, SAM}
    finally:
        del group["date_delete"]


def test_settings_are_the_leads_alone(desk: Stage) -> None:
    fill(desk, MO)
    [team] = running(desk)

    assert "You lead no team that gets a digest" in texts(desk.ask(ANA, "settings"))
    mark = desk.slack.mark()
    forged = desk.slack.forge_action(ANA, f"teamdigest-stop:{team.id}", str(team.id))
    assert "You lead no team" in texts(desk.answer(ANA, mark, forged))
    assert running(desk) == [team]


def test_a_lead_changes_weekday_hour_and_channel_and_stops(desk: Stage) -> None:
    fill(desk, MO)
    desk.ask(MO, "settings")
    answer = texts(send(desk, MO, {"weekday": "3", "hour": "14", "channel": "C01PAYMENTS"}))
    [team] = running(desk)

    assert (team.weekday, team.hour, team.channel) == (3, 14, "C01PAYMENTS")
    assert (
        "Saved. *Payments* for acme/payments and PAY. Next digest: Thu 19 November. It goes to <#C01PAYMENTS>."
        in answer
    )
    asked = desk.ask(MO, "stop")
    assert running(desk) == [team]
    assert "Stopped: no more digests for Payments." in texts(desk.press(MO, asked, "Stop it"))
    assert running(desk) == []


def test_places_that_are_new_wait_and_fewer_need_nobody(desk: Stage) -> None:
    fill(desk, MO)
    desk.ask(MO, "settings")
    assert "Saved." in texts(send(desk, MO, {"places": ["PAY"]}))
    assert running(desk)[0].places == ("PAY",)
    desk.ask(MO, "settings")
    answer = texts(send(desk, MO, {"places": ["PAY", "acme/web"], "weekday": "4"}))
    assert "Until then the digest of Payments stays with PAY" in answer
    [team] = running(desk)
    assert (team.places, team.weekday) == (("PAY",), 4)
    asked = sent_to(desk, SAM, "*Mo asks for other places for Payments:* PAY and acme/web.")
    desk.press(SAM, asked, "Agree")
    assert running(desk)[0].places == ("PAY", "acme/web")


def test_not_my_team_goes_to_the_operator_and_changes_nothing(desk: Stage) -> None:
    fill(desk, MO)
    [team] = running(desk)
    for user, said in ((ANA, "Sent to <@U01SAM>. Nothing changes"), (RUI, "You lead no team here")):
        mark = desk.slack.mark()
        forged = desk.slack.forge_action(user, f"teamdigest-not-my-team:{team.id}", str(team.id))
        assert said in texts(desk.answer(user, mark, forged))

    sent_to(desk, SAM, "*Ana says: Payments is not my team.* Its members are the group Payments")
    with desk.services.database.reading() as session:
        assert viewer_id(desk, ANA) in teams.members(session, team.id)


def test_alone_it_shows_ones_teams(desk: Stage) -> None:
    assert "You lead no team here" in texts(desk.ask(SAM))
    fill(desk, MO)

    assert "You lead it. Next digest: Tue 24 November, to your direct messages." in texts(desk.ask(MO))
    assert "You are in it: its digest is in Home." in texts(desk.ask(ANA))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("help", "`/teamdigest create` sets one up"),
        ("gibberish", "I didn't get that."),
        ("settings <@U01ANA|ana>", "I never show anybody's work or usage alone."),
        ("leaderboard", "There is no ranking here"),
    ],
)
def test_every_word_has_an_answer(desk: Stage, words: str, said: str) -> None:
    assert said in texts(desk.ask(MO, words))


def test_guests_set_nothing_up(desk: Stage) -> None:
    assert "employees only" in texts(desk.ask(GUS, "create"))


def test_without_operators_a_leads_own_team_is_set_up_at_once(stage: Stage) -> None:
    """Over both transports, and in a workspace that tells neither of user groups nor of channels."""
    if stage.command != "/teamdigest":
        prepared(stage)
    answer = texts(fill(stage, RUI, name="Web", places=["acme/web"], members="group Platform", channel="C01GENERAL"))
    [team] = running(stage)

    assert "*Web is set up* for acme/web. First digest: Tue 24 November." in answer
    assert (team.channel, team.cost_group, team.from_file) == ("C01GENERAL", "Platform", False)
    newcomer = stage.newcomer("New Lead")
    assert "*Mine is set up*" in texts(fill(stage, newcomer, name="Mine", places=["PAY"], members="group Payments"))
    assert [team.cost_group for team in running(stage)] == ["", "Platform"]
