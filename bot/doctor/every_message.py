"""Every message and window that the bot can send: each public function of the views, asked for what it would show.

What they take is made up from the types of their parameters, once with everything and once with as little as there
can be. So a new view is covered unasked, or the walk fails and says which values it needs.
"""

import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from inspect import Parameter, isfunction, signature
from typing import Any, Final, Literal, NamedTuple, get_type_hints

from bot import views
from bot.doctor.made_up import NOW, CannotMakeError, MadeUp
from bot.domain.hints.finding import KINDS, Finding, HintKind
from bot.domain.iso_week import week_of
from bot.domain.rules import Change, PolicyRules
from bot.domain.troubles import CONDITIONS, Trouble
from bot.policy import load_policy
from bot.views import alerts, hints
from bot.views.blocks import Message, section

Surface = Literal["message", "modal", "home"]
_HOME: Final = "home.home"
# Modules that others build with: what they return is a part of a message, never one.
_PARTS_ONLY: Final = frozenset({"bot.views.blocks"})
# Where not any value will do, by the name of a parameter or field; first by what it is of.
_SPECIAL: Final[dict[str, Any]] = {
    "Trouble.name": "source",
    "Trouble.about": "cursor/company",
    "SwitchedOff.waits_for": "runs",
    "use_case_curating.reason_form.word": "send-back",
    "use_case_curating.done.decision": "published",
    "FinishedList.keys": {"reference": "0123456789abcdef"},
    "Digest.usual_weeks": ((week_of(NOW.date() - timedelta(days=14)), 44_200_000_000),),
    "Waiting.part": "sharing",
    "Waiting.name": "min_people",
    "Waiting.in_force": 15,
    "Waiting.asked": 12,
}
_EVIDENCE: Final = {
    "lane": "billed",
    "tool": "claude-code",
    "model": "claude-opus-4-5",
    "title": "Sort flaky tests in ten minutes",
    "team": "Platform",
    "day": "2026-11-10",
    "ends_on": "2026-11-24",
}


class Example(NamedTuple):
    """What one function would show, and where; its name says which, and how full it is."""

    name: str
    surface: Surface
    content: Any  # the blocks of a message, or a view


def every_message() -> Iterator[Example]:
    """Yield an example of everything; raises CannotMakeError that names a view whose values cannot be made up."""
    for name, show in shown():
        for made_up in (MadeUp(full=full, special=_SPECIAL, whole=_WHOLE) for full in (True, False)):
            yield from _examples(name, made_up.full, _called(name, show, made_up))
    for kind in KINDS:
        yield from _of_message(f"hint {kind}", hints.alarm(_finding(kind), "key", NOW.date()))
        yield from _of_message(f"why {kind}", hints.why_this(_finding(kind), "key"))
    for condition in CONDITIONS:
        yield from _of_message(f"trouble {condition}", alerts.needs_a_look(Trouble(condition, "cursor/company")))


def shown() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each public function of the views that returns a message or a dict, by its name."""
    for found in pkgutil.iter_modules(views.__path__, "bot.views."):
        module = import_module(found.name)
        for name, each in vars(module).items():
            if not isfunction(each) or name.startswith("_") or each.__module__ != found.name:
                continue
            returns = get_type_hints(each).get("return")
            if found.name not in _PARTS_ONLY and returns in {Message, Message | None, dict[str, Any]}:
                yield f"{found.name.removeprefix('bot.views.')}.{name}", each


def _called(name: str, show: Callable[..., Any], made_up: MadeUp) -> Any:
    hints_of = get_type_hints(show)
    wanted = {
        each.name: hints_of[each.name]
        for each in signature(show).parameters.values()
        if each.kind is not Parameter.VAR_POSITIONAL and (made_up.full or each.default is Parameter.empty)
    }
    try:
        return show(**{each: made_up.of(hint, each, name) for each, hint in wanted.items()})
    except Exception as error:
        raise CannotMakeError(f"{name}: bot/doctor/every_message.py has to say what it takes") from error


def _examples(name: str, full: bool, made: Any) -> Iterator[Example]:
    label = f"{name}, {'full' if full else 'sparse'}"
    if isinstance(made, Message):
        yield from _of_message(label, made, "home" if name == _HOME else "message")
    elif isinstance(made, dict) and made.get("type") == "modal":
        yield Example(label, "modal", made)
    # another dict is a button or so: a part of what is yielded elsewhere


def _of_message(label: str, message: Message, surface: Surface = "message") -> Iterator[Example]:
    """Yield a message as it is sent: with its charts, and without where a workspace refuses them."""
    for rich in (True, False) if message.has_rich else (False,):
        blocks = message.blocks(rich=rich)
        content = {"type": "home", "blocks": blocks} if surface == "home" else blocks
        yield Example(f"{label}{', rich' if rich else ''}", surface, content)


def _finding(kind: HintKind = "runaway") -> Finding:
    day = NOW.date()
    return Finding(kind, "nightly-triage", _EVIDENCE, 6_000_000_000, day, day)


_WHOLE: Final[dict[Any, Callable[[], Any]]] = {
    dict[str, Any]: lambda: section("A block of another view."),
    Change: lambda: Change("sharing", "min_people", 15, 12, "looser"),
    Finding: _finding,
    PolicyRules: lambda: load_policy(None).rules,
}
