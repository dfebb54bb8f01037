"""Whom Anthropic's analytics name, and what kind of run a row is."""

from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from bot.connectors.anthropic_format import model_name, tool_of
from bot.domain.usage import RunKind

# Products that do not tell whether somebody sat there: none, one that Anthropic does not know, plain API traffic.
_UNNAMED: Final = frozenset({None, "", "other", "messages_api", "message_batches_api"})
_COMBINATIONS: Final = 4096
_ON_THEIR_OWN: Final = frozenset({"service_account_actor", "federated_actor", "api_actor"})
_CATEGORIES: Final[dict[str | None, RunKind]] = {
    "engaged": "person",
    "dm": "person",
    "scheduled": "schedule",
    "proactive": "service",
    "monitoring": "service",
}


class _Provider(Struct, frozen=True, gc=False):
    type: str = ""


class Actor(Struct, frozen=True, gc=False):
    """An identity that usage is put down to."""

    type: str = ""
    user_id: str | None = None
    email_address: str | None = None
    service_account_id: str | None = None
    api_key_id: str | None = None
    provider: _Provider | None = None
    subject: str | None = None

    @property
    def account(self) -> str | None:
        """What rows call the actor; None where it has no name of its own."""
        if self.type == "user_actor":
            return (self.email_address or "").strip().lower() or self.user_id
        if self.type == "federated_actor":
            return f"federated:{self.provider.type if self.provider else ''}:{self.subject}" if self.subject else None
        return self.service_account_id or self.api_key_id


class Group(Struct, frozen=True, gc=False):
    """What a row is broken out by."""

    actor: Actor | None = None
    model: str | None = None
    product: str | None = None
    claude_tag_category: str | None = None


class Subject(NamedTuple):
    """What a row is about, as it is kept."""

    account: str | None
    key: str | None
    tool: str
    model: str
    run_kind: RunKind


def subject_of(group: Group) -> Subject:
    """Return whom and what the rows of *group* are about."""
    actor = group.actor
    if actor is None:
        return Subject(None, None, *_what("", group.product, group.model, group.claude_tag_category))
    what = _what(actor.type, group.product, group.model, group.claude_tag_category)
    return Subject(actor.account, actor.api_key_id, *what)


@lru_cache(_COMBINATIONS)
def _what(actor_type: str, product: str | None, model: str | None, category: str | None) -> tuple[str, str, RunKind]:
    """Return tool, model and kind of run; a report of many people has few combinations of them."""
    return tool_of(product), model_name(model), _run_kind(actor_type, product, category)


def _run_kind(actor_type: str, product: str | None, category: str | None) -> RunKind:
    if actor_type in _ON_THEIR_OWN:
        return "service"
    tagged = _CATEGORIES.get(category)
    if tagged is not None:
        return tagged
    return "person" if actor_type == "user_actor" and product not in _UNNAMED else "unknown"
