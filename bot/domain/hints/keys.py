"""How a button names a hint: by a key that leads nowhere for anybody else."""

from bot.domain.hints.choose import identity
from bot.domain.hints.finding import Finding
from bot.domain.marks import Marks


def hint_key(marks: Marks, person_id: int, finding: Finding) -> str:
    """Return the key under which a button of the person names a finding."""
    return marks.of_request("hint", str(person_id), *identity(finding)).hex()
