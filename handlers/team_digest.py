"""What can be asked about a team's digest once it is released, and the friendly no to a ranking."""

from typing import Any, Final

from sqlmodel import Session

from bot.domain.iso_week import parse_iso_week, week_of
from bot.domain.people import Viewer
from bot.domain.released import FourthWeek, Issue, for_reader, fourth_week, nearest_shown
from bot.domain.teams import Team
from bot.services import Services
from bot.views import no_ranking, team_answers
from bot.views.blocks import Block, Message, Twin, modal
from bot.views.team_digest import digest_in_home
from bot.views.team_figures import fourth_blocks, shared_figure_blocks, vp_text, vp_window_blocks, why_not_shown
from handlers.changes import change_once
from handlers.recognising import known
from handlers.team_access import is_id
from handlers.visit import Visit
from handlers.words import Word
from storage.choices import choose
from storage.organisation import group_of, tree
from storage.released import company_figure, figures_of, issue_of, last_issue, last_released_block
from storage.teams import team_of_id, teams_of

_USEFUL: Final = "team_digest_useful"
_MOST_IN_HOME: Final = 3


def show_last(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show the last digest of the asker's team, of the one that a button names if they are in it."""
    asker = known(visit, services)
    if asker is None:
        return team_answers.no_team()
    with services.database.reading() as session:
        teams = sorted(teams_of(session, asker.person_id), key=lambda team: team.lead_person_id != asker.person_id)
        if not teams:
            return team_answers.no_team()
        wanted = next((team for team in teams if str(team.id) == visit.argument), teams[0])
        issue = _last(session, wanted, asker)
    if issue is None:
        return team_answers.none_yet(wanted)
    others = [(team.name, team.id) for team in teams if team.id != wanted.id]
    return team_answers.last_digest(_blocks(issue, wanted, asker), others)


def _last(session: Session, team: Team, reader: Viewer) -> Issue | None:
    shown = last_issue(session, team.id)
    return None if shown is None else as_read(session, shown.issue, team, reader)


def as_read(session: Session, issue: Issue, team: Team, reader: Viewer) -> Issue:
    """Return an issue of a team's as somebody in it may read it."""
    return for_reader(issue, _groups(session, reader), is_lead=team.lead_person_id == reader.person_id)


def _groups(session: Session, reader: Viewer) -> list[str]:
    home = group_of(session, reader.person_id)
    return list(tree(session).upwards(home)) if home else []


def _blocks(issue: Issue, team: Team, reader: Viewer) -> list[Block | Twin]:
    is_lead = team.lead_person_id == reader.person_id
    return digest_in_home(issue.digest, team.id, fourth_blocks(issue), is_lead=is_lead)


def in_home(visit: Visit, services: Services) -> list[list[Block | Twin]]:
    """Return what everybody in a team finds in Home, on or off: its last digest, and the last figure of their group."""
    reader = known(visit, services)
    if reader is None:
        return []
    with services.database.reading() as session:
        teams = teams_of(session, reader.person_id)
        issues = [(team, issue) for team in teams[:_MOST_IN_HOME] if (issue := _last(session, team, reader))]
        figure = _last_figure(session, reader)
    parts = [_blocks(issue, team, reader) for team, issue in issues]
    carried = [(issue.fourth.last, issue.fourth.cost) for _, issue in issues if issue.fourth is not None]
    # a team's may be another group's, or none where theirs has one
    if figure is not None and (figure.last, figure.cost) not in carried:
        parts.append(list(shared_figure_blocks(figure)))
    return parts


def _last_figure(session: Session, reader: Viewer) -> FourthWeek | None:
    """Return the last figure of the nearest group of the reader's that is shown; None where there is none at all."""
    found = last_figures(session, _groups(session, reader))
    return found if found is not None and (found.cost or found.per_change) else None


def last_figures(session: Session, groups: list[str]) -> FourthWeek | None:
    """Return what was last released of the nearest of *groups* that is shown, and of the whole company."""
    block = last_released_block(session)
    if block is None:
        return None
    figures = figures_of(session, block)
    company = company_figure(session, block)
    return fourth_week(block, nearest_shown(groups, figures), company, None, figures[0].log_mark if figures else None)


def show_example(_visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show a made-up digest."""
    return team_answers.example(week_of(services.now().date()).before().monday)


def say_why_not_shown(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Say the one text about everything that is not shown."""
    return why_not_shown()


def show_vp_text(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show a released digest's paragraph as plain text, to somebody in the team."""
    issue = _named(visit, services)
    text = "" if issue is None else vp_text(issue)
    return modal("Text for my VP", vp_window_blocks(text or "There is no digest of yours to tell of."))


def _named(visit: Visit, services: Services) -> Issue | None:
    """Return the issue that a button names, as the asker reads it, if they are in its team."""
    number, _, week = visit.argument.partition(" ")
    asker = known(visit, services)
    if asker is None or not is_id(number) or parse_iso_week(week) is None:
        return None
    with services.database.reading() as session:
        team = next((each for each in teams_of(session, asker.person_id) if each.id == int(number)), None)
        issue = issue_of(session, team.id, week) if team else None
        return as_read(session, issue, team, asker) if team and issue else None


def say_useful(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Remember whether a digest was useful, for whoever says it: the last answer counts, and nobody is told."""
    number, _, week = visit.argument.partition(" ")
    asker, now = known(visit, services), services.now()
    if asker is not None and is_id(number) and parse_iso_week(week) is not None and _is_team(number, services):
        value = f"{week} {'yes' if visit.word == 'useful' else 'no'}"
        change_once(visit, services, lambda session: choose(session, asker.person_id, _USEFUL, value, now))
    return team_answers.noted()


def _is_team(number: str, services: Services) -> bool:
    with services.database.reading() as session:
        return team_of_id(session, int(number)) is not None


def say_no(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Say that there is no ranking, and what there is."""
    return no_ranking.friendly_no()


def show_page(_visit: Visit, _viewer: Viewer | None, _services: Services) -> dict[str, Any]:
    """Show why there is no ranking."""
    return modal(no_ranking.PAGE_TITLE, no_ranking.why_no_ranking())


WORDS: Final = (
    Word("last", anybody=show_last),
    Word("example", anybody=show_example),
    Word("why-not-shown", anybody=say_why_not_shown, typed=False),
    Word("vp-text", modal_anybody=show_vp_text, typed=False),
    Word("useful", anybody=say_useful, typed=False),
    Word("not-useful", anybody=say_useful, typed=False),
    Word("leaderboard", anybody=say_no),
    Word("rank", anybody=say_no),
    Word("top", anybody=say_no),
    Word("adoption", anybody=say_no),
    Word("why-no-ranking", modal_anybody=show_page, typed=False),
)
