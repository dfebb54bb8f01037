"""Accounts at GitLab: who is a person, an AI agent or a machine, and whose mail address is whose."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from bot.connectors.ai_authors import is_agent, is_machine
from bot.connectors.gitlab_api import GitLabApi, group_path
from bot.connectors.pull import ListedAccount

# Access tokens of projects and groups, service accounts, GitLab's own, and whom deleted accounts become.
_MACHINE: Final = re.compile(r"(?:(?:project|group)_[0-9]+_bot.*|service_account_.*|(?:gitlab|alert|support)-bot.*)")
_DELETED: Final = re.compile(r"ghost[0-9]*")
_DUO: Final = re.compile(r"gitlabduo|duo-developer.*")


class User(Struct, frozen=True, gc=False):
    """An account; a deleted one is called ghost."""

    username: str

    @property
    def human(self) -> str | None:
        """The name of a person, in lower case; None for a machine, an agent or nobody."""
        name = self.username.lower()
        other = self.agent or is_machine(name) or _MACHINE.fullmatch(name) or _DELETED.fullmatch(name)
        return None if other else name

    @property
    def agent(self) -> bool:
        """Whether it is an AI agent."""
        return is_agent(self.username, is_app=False) or bool(_DUO.fullmatch(self.username.lower()))


class _Saml(Struct, frozen=True, gc=False):
    extern_uid: str | None = None


class _Member(Struct, frozen=True):
    username: str
    email: str | None = None  # only for administrators, and for owners about the accounts of their company
    group_saml_identity: _Saml | None = None


_MEMBER: Final = Decoder(_Member)


def first_human(users: Iterable[User | None]) -> str | None:
    """Return the first who is a person."""
    return next((user.human for user in users if user and user.human), None)


def members(api: GitLabApi, group: str) -> Iterator[ListedAccount]:
    """Yield the members of the group, inherited and invited ones too; raises ConnectorError."""
    for node in api.listed(group_path(group, "/members/all"), {}):
        try:
            member = _MEMBER.decode(node)
        except (DecodeError, UnicodeDecodeError):
            continue  # whoever cannot be named has no account that work could name
        identity = member.group_saml_identity.extern_uid if member.group_saml_identity else None
        person = User(member.username).human is not None
        email = _mail(member.email) or _mail(identity)
        yield ListedAccount(member.username.lower(), email if person else None, "person" if person else "service")


def _mail(text: str | None) -> str | None:
    return text.strip().lower() if text and "@" in text else None
