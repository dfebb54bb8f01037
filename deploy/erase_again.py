"""After a restore: brings the schema up to date and erases again who had erased everything since the backup.

`python deploy/erase_again.py FOLDER/erasures.txt`, with the bot's settings and before any bot starts. The list has a
keyed mark and a day in each line; `deploy/backup.sh` and `deploy/restore.sh` keep it. To run it twice is harmless.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from sqlmodel import Session, select

from bot.config import installation_secret, load_settings
from bot.domain.marks import Marks
from bot.domain.people import SlackId
from bot.errors import InputError, WorthwhileError
from storage.engine import open_database
from storage.erasure import erase, erased_on
from storage.migrate import upgrade
from storage.tables import SlackUser, Tombstone


def read_erasures(lines: Iterable[str]) -> dict[bytes, date]:
    """Return the last day on which each mark was erased; raises InputError that names a line which is none."""
    erased: dict[bytes, date] = {}
    for number, line in enumerate(lines, 1):
        try:
            mark, day = line.split()
            key, on = bytes.fromhex(mark), date.fromisoformat(day)
        except ValueError:
            raise InputError(f"line {number} of the list of erasures is no mark and day; nothing was erased.") from None
        erased[key] = max(on, erased.get(key, on))
    return erased


def erase_again(session: Session, marks: Marks, erased: dict[bytes, date]) -> int:
    """Erase everybody whose erasure the database does not know of, and remember it; return how many were here."""
    again = []
    for user in session.exec(select(SlackUser)):
        slack_id = SlackId(user.org_id, user.user_id)
        known, kept = erased_on(session, slack_id, marks), erased.get(marks.of_slack(slack_id))
        if kept is not None and (known is None or known < kept):
            again.append((user.person_id, kept))
    for person_id, day in again:
        erase(session, person_id, marks, day)
    for mark, day in erased.items():
        stone = session.get(Tombstone, mark)
        if stone is None or stone.erased_on < day:
            session.merge(Tombstone(slack_mark=mark, erased_on=day))
    return len(again)


def main(arguments: Sequence[str]) -> int:
    """Do it, and return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: erase_again.py FOLDER/erasures.txt\n")
        return 2
    try:
        settings = load_settings()
        erased = read_erasures(Path(arguments[0]).read_text("utf-8").splitlines())
        marks = Marks(installation_secret(settings))
        database = open_database(settings.database_url)
        upgrade(database)
        count = database.writing(lambda session: erase_again(session, marks, erased))
        database.dispose()
    except (WorthwhileError, OSError) as error:
        sys.stderr.write(f"erase_again.py: {error}\n")
        return 1
    sys.stdout.write(f"restored; erased again: {count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
