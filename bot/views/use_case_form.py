"""The form in which a use case is written, and what its author reads once it is sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from bot.domain.use_cases.entry import MAX_LENGTH, Draft, Entry, FieldName, Problem, ShownAs
from bot.domain.use_cases.text import normal_line, normal_lines
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    entry,
    foreign,
    form,
    modal,
    plain,
    section,
    visible,
)
from bot.views.help import contacts
from bot.views.use_case_words import FIELD_LABELS, problems_by_field
from bot.views.wording import LOCK, listed

USECASE: Final = "usecase"
TITLE: Final = "Share a use case"
NOTIFICATION: Final = "About use cases."
NO_TOOL: Final = "-"
NOT_TRIED: Final = "idea"
SHOWN_AS: Final[Mapping[ShownAs, str]] = {"me": "me", "team": "my team", "nobody": "no name"}
_CHECKED: Final = (
    "Checked for keys, customer names and personal data before anyone else can see it. Edit or take it back any time."
)
_WITH_MODEL: Final = "If it is a tool of yours, the model that you used with it last is named beside it."
_MOST_OPTIONS: Final = 100
_OPTION: Final = 75
_EXAMPLES: Final[Mapping[FieldName, str]] = {
    "title": "Sort flaky tests in ten minutes",
    "when": "CI is red and nobody knows whether it is their change",
    "how": "Steps, a prompt, or a link to a script",
    "link": "A change or a ticket: acme/api#12, PAY-12, or its address",
    "watch_out": "Needs read access to the CI logs",
}


class Sheet(NamedTuple):
    """A form: for which entry, what stands in it, and which tools can be chosen.

    *drawing* differs each time the form is drawn with other words: Slack keeps what was typed into a field of
    the same name.
    """

    id: str
    draft: Draft
    tools: Sequence[str] = ()
    word: str = "share"
    notes: Sequence[str] = ()
    drawing: int = 0
    text_model: str = ""  # offered where it is set
    keeps: bool = True  # whether it can be kept as a draft
    wanted: str = ""  # what it answers that others look for


def share_form(sheet: Sheet) -> dict[str, Any]:
    """Return the form."""
    draft = sheet.draft
    blocks: list[Block] = [context(note) for note in sheet.notes]
    if sheet.text_model:
        blocks += _offer(sheet)
    blocks += [
        _typed(sheet, "title"),
        _typed(sheet, "when"),
        _typed(sheet, "how", multiline=True),
        _tool(sheet),
        _typed(sheet, "link", optional=True),
        _typed(sheet, "watch_out", optional=True),
        _choice(sheet, "shown_as", "Show as", _shown_as(draft)),
        entry("tried", "Not tried yet?", _untried(sheet), optional=True),
        context(_CHECKED, _WITH_MODEL),
    ]
    if sheet.keeps:
        blocks.append(actions(button("Keep as draft", "keep-draft", _place(sheet), command=USECASE)))
    argument = f"{sheet.id}.{sheet.wanted}" if sheet.wanted else sheet.id
    return form(TITLE, sheet.word, blocks, submit="Check and share", argument=argument, command=USECASE)


def _place(sheet: Sheet) -> str:
    return f"{sheet.id}.{sheet.drawing}.{sheet.word}"


def _offer(sheet: Sheet) -> list[Block]:
    name = visible(sheet.text_model, 40)
    fill = button(f"Fill it in with {name}", "fill", _place(sheet), command=USECASE)
    said = f"What stands in this form goes to {foreign(name)} when you press it, and nothing else. Then read it again."
    return [actions(fill), context(said)]


def _typed(sheet: Sheet, name: FieldName, *, multiline: bool = False, optional: bool = False) -> Block:
    """Return a field; what is too long for it is cut, as Slack would refuse it."""
    most = MAX_LENGTH[name]
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": _action(sheet, name),
        "placeholder": plain(_EXAMPLES[name], 150),
        "max_length": most,
    }
    if multiline:
        element["multiline"] = True
    text = getattr(sheet.draft, name)
    initial = fitting(normal_lines(text) if multiline else normal_line(text), most)
    if initial:
        element["initial_value"] = initial
    return entry(name, FIELD_LABELS[name], element, optional=optional)


def fitting(text: str, most: int) -> str:
    """Return as much of *text* as Slack takes in *most* characters, some of which it may count twice."""
    if len(text.encode("utf-16-le")) <= 2 * most:
        return text
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", errors="ignore")


def _action(sheet: Sheet, name: str) -> str:
    return f"{name}.{sheet.drawing}" if sheet.drawing else name


def _tool(sheet: Sheet) -> Block:
    chosen = visible(sheet.draft.tool, MAX_LENGTH["tool"])
    named = [visible(tool, MAX_LENGTH["tool"]) for tool in (*sheet.tools, chosen)]
    known = list(dict.fromkeys(name for name in named if name))[-_MOST_OPTIONS + 1 :]
    options = [_option(name, name) for name in known]
    options.append(_option("Another one, or none", NO_TOOL))
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": _action(sheet, "tool"),
        "placeholder": plain("Choose a tool", 150),
        "options": options,
    }
    if chosen:
        element["initial_option"] = _option(chosen, chosen)
    return entry("tool", FIELD_LABELS["tool"], element, optional=True)


def _choice(sheet: Sheet, name: str, label: str, chosen: ShownAs) -> Block:
    element = {
        "type": "radio_buttons",
        "action_id": _action(sheet, name),
        "options": [_option(words, value) for value, words in SHOWN_AS.items()],
        "initial_option": _option(SHOWN_AS[chosen], chosen),
    }
    return entry(name, label, element)


def _shown_as(draft: Draft) -> ShownAs:
    return draft.shown_as if draft.shown_as in SHOWN_AS else "me"


def _untried(sheet: Sheet) -> dict[str, Any]:
    option = _option("It is an idea: I haven't done it myself", NOT_TRIED)
    element: dict[str, Any] = {
        "type": "checkboxes",
        "action_id": _action(sheet, "tried"),
        "options": [option],
    }
    return element if sheet.draft.tried else {**element, "initial_options": [option]}


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(label, _OPTION), "value": value}


def looked_for(wanted: str) -> str:
    """Say what others look for, above the form that answers it."""
    return f"Looked for: {foreign(wanted, 200)}. Who looks for it is told once yours is in the library."


FROM_SOMEBODY: Final = "A colleague wrote that message. Ask them first, or let them share it."
FROM_ELSEWHERE: Final = "That message is of another company, so I took nothing over from it."
NOTHING_IN_IT: Final = "That message has no text, so I took nothing over from it."


def correct_first(problems: Iterable[Problem]) -> list[str]:
    """Return a line a field with what to correct before anything is kept or sent anywhere."""
    return [f"*{FIELD_LABELS[field]}* {line}" for field, line in problems_by_field(problems).items()]


NOTHING_TYPED: Final = "There is nothing to keep yet."


def drafted(model: str, left_out: Sequence[FieldName]) -> str:
    """Say what a text model wrote, and of which fields its words were not taken."""
    name = foreign(model, 40)
    if not left_out:
        return f"Drafted by {name}. Read every line before you send it."
    fields = listed([f'"{FIELD_LABELS[field]}"' for field in left_out])
    return f"Drafted by {name}, but for {fields}: what it wrote there is not in your message. Read every line."


def not_drafted(model: str, why: str) -> str:
    """Say in a line why a text model wrote nothing; what was in the form is still there."""
    name = foreign(model, 40)
    lines = {
        "silent": f"{name} did not answer in time. Your words are as they were.",
        "refused": f"{name} cannot be asked just now. Your words are as they were.",
        "junk": f"{name} answered something that I can't use. Your words are as they were.",
        "budget": f"What {name} may cost in a day is used up. Your words are as they were; ask it tomorrow.",
        "empty": f"There is nothing in the form that {name} could read.",
    }
    return lines[why]


def window(message: Message) -> dict[str, Any]:
    """Return a message as a window."""
    return modal(TITLE, message.blocks(rich=False))


def title_of(words: Draft) -> str:
    """Return an entry's title for mrkdwn."""
    return foreign(words.title, MAX_LENGTH["title"]) or "Without a title"


def private(text: str, *elements: dict[str, Any], notes: Sequence[str] = ()) -> Message:
    """Return an answer of one paragraph, which only the person who asked sees."""
    row = [actions(*elements)] if elements else []
    return Message(NOTIFICATION, [section(text), *(context(note) for note in notes), context(LOCK), *row])


def _mine() -> dict[str, Any]:
    return button("My use cases", "mine", command=USECASE)


def is_shared(shared: Entry, *, again: bool = False) -> Message:
    """Say that an entry is in the library, for everybody here to find."""
    new = "is in the library as it is now." if again else "is in the library: everybody here can find it."
    edit = button("Edit", "edit", str(shared.id), command=USECASE)
    return private(f"*{title_of(shared)}* {new} Edit or take it back any time.", edit, _mine())


def goes_to_curators(waiting: Entry, curators: Sequence[str], helpers: Sequence[str]) -> Message:
    """Say that curators read an entry first."""
    title = title_of(waiting)
    if not curators:
        return private(f"*{title}* waits for a curator, and nobody is named as one. Ask {contacts(helpers)}.", _mine())
    return private(f"*{title}* went to {contacts(curators)}, who read it first. I'll tell you.", _mine())


def is_kept(kept: Entry) -> Message:
    """Say that an entry is kept as a draft."""
    go_on = button("Go on with it", "edit", str(kept.id), command=USECASE)
    return private(f"*{title_of(kept)}* is kept as a draft. Nobody else sees it.", go_on, _mine())


def looks_close(new: Entry, other: Entry, team: str) -> Message:
    """Ask whether an entry belongs to one that says nearly the same; *team* is that one's, where it shows it."""
    of_team = f" ({foreign(team)})" if team else ""
    return private(
        f"This looks close to *{title_of(other)}*{of_team}.",
        button("Add mine to it", "add-to", f"{new.id}.{other.id}", command=USECASE),
        button("Keep mine separate", "keep-separate", str(new.id), command=USECASE),
        notes=["Added, both stand beside each other with both authors. Until you choose, yours is a draft."],
    )


def not_yours() -> Message:
    """Say that there is no such entry of the person's."""
    return private("That is not one of yours, or it is gone.", _mine())
