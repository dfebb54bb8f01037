"""Getting figures in and out: back-fills, connecting a laptop, one's own budget, one's data as a file."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.domain.period import day_and_month
from bot.domain.quantity import Quantity
from bot.views.blocks import Message, actions, button, confirm, context, section
from bot.views.help import contacts
from bot.views.wording import LOCK, dollars, money, plural, provider_name

NOTIFICATION = "About your sources."


def back_fill_is_here() -> Message:
    """Return the message that somebody's last weeks have arrived; like every notification without a figure."""
    return Message(
        "Your last weeks are here.",
        [
            section("*Your last weeks are here*, from every connected tool that knows you."),
            context(LOCK),
            actions(button("Show them to me", "show", "12w"), button("Sources", "sources")),
        ],
    )


def connect_message(web_url: str, *, has_token: bool, helpers: Sequence[str]) -> Message:
    """Return how a person sends in their own laptop's figures."""
    state = " You have one; a new one replaces it." if has_token else ""
    label = "Make a new upload token" if has_token else "Make my upload token"
    return Message(
        NOTIFICATION,
        [
            section(
                "*Your laptop's own logs, sent by you.* `ccusage` reads what Claude Code, Codex and others keep on "
                "your machine and prints sums per day; you send those sums, nothing else leaves it."
            ),
            section(f"You need an upload token. It accepts your figures only.{state}"),
            context(f"It goes to {web_url}. Not reachable from there? {contacts(helpers)} knows the right address."),
            context(LOCK),
            actions(button(label, "token"), *([_withdraw()] if has_token else []), button("Sources", "sources")),
        ],
    )


def _withdraw() -> dict[str, Any]:
    sure = confirm("Withdraw the token?", "Uploads with it stop.", "Withdraw it", "Keep it")
    return button("Withdraw my token", "withdraw", confirm=sure)


def token_message(token: str, web_url: str) -> Message:
    """Return a person's new upload token, shown this once, with the command that uses it."""
    command = (
        f"npx ccusage@latest daily --json --by-agent --timezone UTC | curl -sS -X POST "
        f'-H "Authorization: Bearer {token}" --data-binary @- "{web_url}/v1/import/ccusage?name=laptop"'
    )
    return Message(
        "Your upload token.",
        [
            section("*Your upload token, shown this once.* Paste this on your laptop, daily or whenever you like:"),
            section(f"```{command}```"),
            section("Give each machine its own `name`. Sending the same days again replaces them."),
            context("Anybody with this token could send figures in your name, never read them. Withdraw it any time."),
            context(LOCK),
            actions(_withdraw()),
        ],
    )


def token_withdrawn() -> Message:
    """Return the answer to withdrawing the upload token."""
    return Message(
        NOTIFICATION,
        [section("Your upload token is withdrawn."), context(LOCK), actions(button("Connect my laptop", "connect"))],
    )


def token_already_made() -> Message:
    """Return the answer to a repeated request: the message that shows the token stays."""
    return Message(
        NOTIFICATION,
        [
            section("That token was already made and shown. It cannot be shown again; a new one replaces it."),
            context(LOCK),
            actions(button("Connect my laptop", "connect")),
        ],
        beside=True,
    )


def budget_line(budget_nano_usd: int, spent: Quantity, month: str, lane: str) -> str:
    """Return how this month stands beside a budget the person set; it never says that little was used."""
    word = "billed" if lane == "billed" else "at list price"
    line = f"The budget you set: {dollars(budget_nano_usd)} a month. {month} so far: {money(spent)} {word}"
    return f"{line}, above it." if (spent.known or 0) > budget_nano_usd else f"{line}."


def allowance_line(source: str, ends_on: date, today: date) -> str:
    """Return when a limit of the person's own is used up on the present path."""
    if ends_on <= today:
        return f"{provider_name(source)}: the allowance of this cycle is about used up."
    same_month = (ends_on.year, ends_on.month) == (today.year, today.month)
    day = f"the {_ordinal(ends_on.day)}" if same_month else day_and_month(ends_on)
    return f"{provider_name(source)}: on the present path the allowance ends about {day}."


def _ordinal(number: int) -> str:
    ending = "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def budget_message(budget_nano_usd: int | None, line: str) -> Message:
    """Return the person's own budget."""
    if budget_nano_usd is None:
        text = "*No budget set.* `/mytokens budget $200` sets one for a month; only you know of it."
        row = [button("Four weeks", "show", "4w")]
    else:
        text, row = f"*{line}*", [button("Drop the budget", "budget", "none"), button("Four weeks", "show", "4w")]
    return Message(NOTIFICATION, [section(text), context(LOCK), actions(*row)])


def export_started() -> Message:
    """Return the answer while the file is on its way."""
    return Message(NOTIFICATION, [section("*Your data is in your messages with this app*, as a file."), context(LOCK)])


def export_overtaken() -> Message:
    """Return the answer to somebody who erased everything while their file was made."""
    return Message(
        NOTIFICATION,
        [section("You erased everything meanwhile, so there is no file: it was deleted with the rest."), context(LOCK)],
    )


def export_file_note() -> Message:
    """Return the message beside the file in the app's direct messages."""
    return Message(
        "Your data is ready.",
        [
            section(
                "*Your data, made just now.* One JSON object and its tables as CSV. What is not in it is not stored."
            ),
            context(f"{LOCK} Files in Slack can be exported by workspace owners; delete it when you are done."),
            actions(button("Delete the file", "delete-file")),
        ],
    )


def export_offer() -> Message:
    """Return the message that offers somebody their data; nothing is made before they press."""
    return Message(
        "Your data can be made into a file.",
        [
            section("*Your data as a file?* Nothing is written before you press."),
            context(LOCK),
            actions(button("Make my file", "export")),
        ],
    )


def export_impossible(helpers: Sequence[str]) -> Message:
    """Return the answer where the app may not upload files."""
    return Message(
        NOTIFICATION,
        [
            section(f"I may not upload files here: the app lacks the scope `files:write`. Ask {contacts(helpers)}."),
            context(LOCK),
        ],
    )


def file_deleted(number: int) -> Message:
    """Return the answer to [Delete the file]."""
    said = "There is no file of yours left." if number == 0 else f"{plural(number, 'file')} deleted."
    return Message(NOTIFICATION, [section(said), context(LOCK)])
