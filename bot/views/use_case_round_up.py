"""The weekly round-up of a channel, and turning it on and off there."""

from typing import Final

from bot.domain.team_digest import LibraryLine
from bot.domain.use_cases.lending import Known, RoundUpNews, library_line
from bot.views.blocks import Block, Message, actions, button, context, foreign, header, section
from bot.views.team_setup import invite_me
from bot.views.use_case_asking import i_have_one, wanted_line
from bot.views.use_case_cards import USECASE, open_button, share_button
from bot.views.wording import LOCK, plural

_NOTIFICATION: Final = "Worth borrowing this week."
_SETTING: Final = "The round-up of use cases."
_ORDER: Final = (
    "In order of what worked for other teams. No likes, no views. Read by everybody in this channel; nobody is counted."
)


def round_up(news: RoundUpNews, channel: str) -> Message:
    """Return a week's round-up for a channel."""
    parts: list[Block] = [header("Worth borrowing")]
    parts += [_reused(library_line(each)) for each in news.reused]
    parts += [_new(each) for each in news.new]
    parts += [section(wanted_line(each), i_have_one(each)) for each in news.wanted]
    row = actions(share_button(), button("Stop here", "unsubscribe", channel, command=USECASE))
    return Message(_NOTIFICATION, [*parts, context(_ORDER), row])


def _reused(line: LibraryLine) -> Block:
    where = f", {plural(line.teams, 'team')}" if line.teams else ""
    worked = f"worked for {line.worked:,} of {line.tried:,}{where}"
    return section(" · ".join([f"*{foreign(line.title)}*", *_team(line), worked]), open_button(line.entry))


def _new(known: Known) -> Block:
    line = library_line(known)
    word = "New, others are trying it" if line.tried else "New, waiting for its first try"
    text = " · ".join([f"*{word}:* {foreign(line.title)}", *_team(line)])
    return section(text, button("I'll try it", "try", line.entry, command=USECASE))


def _team(line: LibraryLine) -> list[str]:
    return [foreign(line.team, 60)] if line.team else []


def subscribed(channel: str, when: str, *, was_on: bool) -> Message:
    """Return that a channel gets the round-up."""
    on = "is on already" if was_on else "is on"
    text = f"*The round-up {on} in <#{channel}>:* {when}, what worked for other teams, what is new, what is looked for."
    note = context(f"A week with nothing new has no message. Anybody here can stop it. {LOCK}")
    row = actions(button("Stop here", "unsubscribe", channel, command=USECASE))
    return Message(_SETTING, [section(text), note, row])


def unsubscribed(channel: str, *, was_on: bool) -> Message:
    """Return that a channel gets no round-up."""
    text = f"Stopped: no round-up in <#{channel}> any more." if was_on else f"There is no round-up in <#{channel}>."
    row = actions(button("Turn it on again", "subscribe", channel, command=USECASE)) if was_on else None
    return Message(_SETTING, [section(text), context(LOCK), *([row] if row else [])])


def invite_first(channel: str) -> Message:
    """Return that the bot is not in the channel."""
    text = f"{invite_me(channel)} Then type `/usecase subscribe` again."
    return Message(_SETTING, [section(text), context(LOCK)])


def type_it_in_a_channel() -> Message:
    """Return that no channel is meant."""
    text = "Type `/usecase subscribe` or `/usecase unsubscribe` in the channel that is meant."
    return Message(_SETTING, [section(text), context(LOCK)])
