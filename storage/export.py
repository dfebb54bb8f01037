"""Everything that is stored about one person, for their own file."""

from datetime import date

from sqlmodel import Session, col, select

from bot.domain.export import Allowed, Organised, Stored
from bot.domain.marks import Marks
from bot.domain.people import Viewer
from storage.access_log import entries_about
from storage.assignments import given_to, own_mark
from storage.choices import files_of, settings_of
from storage.finished import own_items
from storage.finished_links import links_stated_for
from storage.hints import stored_hints
from storage.links import links_of
from storage.listings import listed_for
from storage.outbox import messages_to
from storage.own_marks import marks_with_days
from storage.recent_runs import stored_minutes
from storage.released import figures_with
from storage.tables import Account, AccountAllowance, AccountLink, Person, SlackUser, Source, Token
from storage.team_traces import place_of
from storage.usage import all_deliveries_for, months_of, usage_of
from storage.use_case_traces import own_library


def everything_about(session: Session, viewer: Viewer, marks: Marks) -> Stored | None:
    """Return everything that the database holds about *viewer*, on or off; None once they have erased it."""
    person = session.get(Person, viewer.person_id)
    user = session.get(SlackUser, (viewer.slack_id.org_id, viewer.slack_id.user_id))
    if person is None or user is None:
        return None
    days = usage_of(session, viewer.person_id, date.min, date.max)
    months = months_of(session, viewer.person_id, date.min, date.max)
    links = links_stated_for(session, viewer.person_id, date.min, date.max)
    ids = {row.source_id for row in (*days, *months, *(link.used for link in links))}
    names = session.exec(select(Source.id, Source.name).where(col(Source.id).in_(ids))).all()
    mark = own_mark(session, viewer.slack_id, marks)
    tokens = session.exec(select(Token).where(Token.person_id == viewer.person_id)).all()
    return Stored(
        slack_id=viewer.slack_id,
        name=user.name,
        email=user.email,
        tz=user.tz,
        created_at=person.created_at,
        switched_on_at=person.switched_on_at,
        paused_at=person.paused_at,
        links=links_of(session, viewer.person_id),
        usage=days,
        months=months,
        source_names=dict(names),
        deliveries=all_deliveries_for(session, viewer.person_id),
        settings=settings_of(session, viewer.person_id),
        tokens=[(token.name, token.created_at, token.revoked_at) for token in tokens],
        listed=listed_for(session, mark) if mark else (),
        given=given_to(session, mark) if mark else (),
        allowances=_allowances(session, viewer.person_id),
        outcomes=own_items(session, viewer.person_id, date.min, date.max),
        outcome_links=links,
        marks=marks_with_days(session, viewer.person_id),
        messages=messages_to(session, viewer.person_id),
        hints=stored_hints(session, viewer.person_id),
        recent_runs=[each._asdict() for each in stored_minutes(session, viewer.person_id)],
        library=own_library(session, viewer.person_id),
        organised=Organised(*place_of(session, viewer.person_id, mark)),
        figures=figures_with(session, viewer.person_id),
        logged=entries_about(session, viewer.person_id),
        files=[(file.file_id, file.made_at, file.deleted_at) for file in files_of(session, viewer.person_id)],
    )


def _allowances(session: Session, person_id: int) -> list[Allowed]:
    query = (
        select(Account, AccountAllowance)
        .where(AccountLink.person_id == person_id, col(AccountLink.to_day).is_(None))
        .where(col(AccountLink.account_id) == col(Account.id), col(AccountAllowance.account_id) == col(Account.id))
        .order_by(Account.provider, Account.name, col(AccountAllowance.source_id))
    )
    return [
        Allowed(
            account.provider,
            account.name,
            limit.limit_nano_usd,
            limit.spent_nano_usd,
            limit.first_day,
            limit.last_day,
            limit.seen_at,
        )
        for account, limit in session.exec(query)
    ]
