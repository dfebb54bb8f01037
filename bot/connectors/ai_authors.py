"""Which accounts and co-authors are AI agents, by the names and addresses that these give themselves in public."""

import re
from typing import Final

# Names of apps; a person may be called Claude, so these count only where the provider says that it is an app.
_AGENTS: Final = frozenset(
    {
        "amazon-q-developer",
        "amp-code",
        "anthropic-code-agent",
        "augmentcode",
        "blackboxai-agent",
        "chatgpt-codex-connector",
        "claude",
        "codegen-sh",
        "codex",
        "copilot",
        "copilot-swe-agent",
        "cosine-genie",
        "cursor",
        "cursoragent",
        "devin-ai-integration",
        "duo-developer",
        "factory-droid",
        "gemini-cli",
        "gemini-code-assist",
        "github-copilot",
        "google-labs-jules",
        "jetbrains-junie",
        "kiro-agent",
        "openai-code-agent",
        "openai-codex",
        "openhands-agent",
        "sweep-ai",
        "warp-agent",
        "windsurf-bot",
    }
)
# Accounts of agents that sign in as people do, under names that nobody else has.
_AGENT_USERS: Final = frozenset({"copilot-swe-agent", "cursoragent", "devin-ai-integration", "openhands-agent"})
_ADDRESSES: Final = frozenset(
    {
        "agent@warp.dev",
        "ai@cursor.sh",
        "aider@aider.chat",
        "amp@ampcode.com",
        "claude@anthropic.com",
        "codex@openai.com",
        "copilot@github.com",
        "cursoragent@cursor.com",
        "gemini-cli@google.com",
        "kiro@kiro.dev",
        "noreply@aider.chat",
        "noreply@anthropic.com",
        "noreply@openai.com",
        "openhands@all-hands.dev",
    }
)
_MACHINES: Final = frozenset({"dependabot", "github-actions", "renovate", "snyk-bot", "web-flow"})
_TRAILER: Final = re.compile(
    r"^[ \t]*co-authored-by:[ \t]*(?P<name>[^<\r\n]{0,200}?)[ \t]*(?:<(?P<address>[^>\r\n]{0,200})>)?[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_NO_REPLY: Final = re.compile(r"(?:[0-9]+[+])?(?P<login>[^@+]+)@users\.noreply\.(?:github|gitlab)\.com")


def is_agent(login: str, *, is_app: bool) -> bool:
    """Return whether the account is an AI agent that makes changes on somebody's behalf."""
    name = _bare(login)
    return name in _AGENT_USERS or (is_app and name in _AGENTS)


def is_machine(login: str) -> bool:
    """Return whether an account that signs in as people do is a program by its name."""
    name = login.strip().lower()
    return name in _MACHINES | _AGENT_USERS or name.endswith(("[bot]", "-bot"))


def names_ai_co_author(message: str) -> bool:
    """Return whether a trailer of a commit's *message* names an AI agent.

    By its address: a name alone may be a person's, and counts only where no address stands beside it.
    """
    return any(_is_ai(found["name"], found["address"]) for found in _TRAILER.finditer(message))


def _is_ai(name: str, address: str | None) -> bool:
    if not address:
        return _bare(name) in _AGENTS
    address = address.strip().lower()
    no_reply = _NO_REPLY.fullmatch(address)
    return address in _ADDRESSES or (no_reply is not None and _bare(no_reply["login"]) in _AGENTS)


def _bare(login: str) -> str:
    return login.strip().lower().removesuffix("[bot]")
