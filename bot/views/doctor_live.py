"""What `doctor --live` says of the messages that Slack was asked about."""

from bot.views.doctor import Line, fine
from bot.views.wording import plural

_NAME = "Blocks"


def all_taken(number: int) -> Line:
    """Return that Slack would take everything that the bot can send."""
    return fine(_NAME, f"Slack would take each of {plural(number, 'made-up message')} that the bot can send")


def refused(name: str, problem: str) -> Line:
    """Return that Slack would refuse a message, which views make it, and why."""
    step = "tell whoever maintains Worthwhile; people get the text version where there is one"
    return Line(_NAME, "fail", f"Slack would refuse {name}: {problem}", step)


def not_asked(why: str) -> Line:
    """Return that Slack could not be asked."""
    return Line(_NAME, "warn", f"Slack does not say what it would take: {why}", "try again later")
