"""What is to be corrected in a line that somebody typed for others, before anybody sees it."""

from collections.abc import Mapping

from bot.domain.use_cases.scan import scan_words
from bot.services import Services
from bot.views.use_case_words import problem_line
from handlers.visit import Visit


def check_words(visit: Visit, name: str, services: Services) -> Mapping[str, str]:
    """Return what is to be corrected in the field *name*: it is empty, or holds what nobody should read."""
    line = wrong_with(visit.fields.get(name, ""), services)
    return {name: line} if line else {}


def wrong_with(text: str, services: Services) -> str:
    """Return the line that says what is wrong with a text for others; nothing where it is fine."""
    if not text.strip():
        return "Please fill this in."
    found = scan_words(text, services.customers)
    return problem_line(found[0]) if found else ""
