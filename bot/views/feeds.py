"""Where figures come from: sources, connecting a laptop, one's own budget, one's data as a file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.people import Delivered
from bot.domain.period import short_day
from bot.domain.quantity import Quantity
from bot.views.blocks import (
    Block,
    Message,
    Twin,
    actions,
    button,
    confirm,
    context,
    data_table,
    foreign,
    header,
    section,
)
from bot.views.help import contacts
from bot.views.wording import LOCK, day_or_recent, dollars, listed, money, plural, source_name, tool_name

NOTIFICATION = "About your sources."


def sources_message(
    deliveries: Sequence[Delivered],
    believed: Mapping[str, Sequence[str]],
    also_reported: Mapping[str, Sequence[str]],
    today: date,
) -> Message:
    """Return what is connected and how fresh; *believed* and *also_reported* map a tool to kinds of source."""
    blocks: list[Block | Twin] = [header("Where your figures come from")]
    if deliveries:
        blocks.append(_table(deliveries, today))
    else:
        blocks.append(section("*Connected to nothing yet.* Nothing has arrived about you."))
    if believed:
        blocks.append(
            section("\n".join(_believed(tool, kinds, also_reported) for tool, kinds in sorted(believed.items())))
        )
    blocks.append(context("Days are UTC. What several sources report is counted once; the others are kept to compare."))
    return Message(
        NOTIFICATION,
        [*blocks, context(LOCK), actions(button("Connect my laptop", "connect"), button("Four weeks", "show", "4w"))],
    )


def _table(deliveries: Sequence[Delivered], today: date) -> Twin:
    rows = [
        (
            source_name(one.kind, one.name),
            short_day(one.first_day),
            day_or_recent(one.last_day, today) + (" (does not answer)" if one.failing_since else ""),
            day_or_recent(one.received_at.date(), today),
        )
        for one in deliveries[:100]
    ]
    lines = [
        f"*{foreign(name, 80)}*: days from {first} to {last}, received {at}" for name, first, last, at in rows[:10]
    ]
    return data_table("Your sources", ("Source", "From", "To", "Received"), rows, [section("\n".join(lines))])


def _believed(tool: str, kinds: Sequence[str], also_reported: Mapping[str, Sequence[str]]) -> str:
    line = f"{foreign(tool_name(tool))}: from {listed(sorted(kinds))}"
    others = also_reported.get(tool)
    return f"{line}; also reported by {listed(sorted(others))}, counted once" if others else line


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
