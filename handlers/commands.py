"""Every slash command; a new one is a line here."""

from collections.abc import Mapping
from typing import Final

from handlers import mytokens, teamdigest, usecase
from handlers.visit import Visit
from handlers.words import Command, Word

ALL: Final = (mytokens.COMMAND, teamdigest.COMMAND, usecase.COMMAND)
COMMANDS: Final[Mapping[str, Command]] = {command.name: command for command in ALL}


def pressed_word(visit: Visit) -> Word:
    """Return what a button, an option or a form means."""
    command = COMMANDS.get(visit.command)
    return mytokens.UNKNOWN if command is None else command.words.get(visit.word, mytokens.UNKNOWN)
