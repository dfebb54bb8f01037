"""Everything that is stored about one person, for their own file."""

from datetime import date

from sqlmodel import Session, col, select

from bot.domain.export import Stored
from bot.domain.people import Viewer
from storage.choices import files_of, settings_of
from storage.links import links_of
from storage.tables import Person, SlackUser, Source, Token
from storage.usage import deliveries_for, months_of, usage_of


def everything_about(session: Session, viewer: Viewer) -> Stored:
    """Return everything that the database holds about *viewer*."""
    person = session.get_one(Person, viewer.person_id)
    user = session.get_one(SlackUser, (viewer.slack_id.org_id, viewer.slack_id.user_id))
    days = usage_of(session, viewer.person_id, date.min, date.max)
    months = months_of(session, viewer.person_id, date.min, date.max)
    ids = {row.source_id for row in (*days, *months)}
    names = session.exec(select(Source.id, Source.name).where(col(Source.id).in_(ids))).all()
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
        deliveries=deliveries_for(session, viewer.person_id),
        settings=settings_of(session, viewer.person_id),
        tokens=[(token.name, token.created_at, token.revoked_at) for token in tokens],
        files=[(file.file_id, file.made_at, file.deleted_at) for file in files_of(session, viewer.person_id)],
    )
