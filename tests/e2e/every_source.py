"""A company with every source: what five stand-ins and two folders hold of the same people, and what that is to us."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.e2e import held
from tests.e2e.held import EVERYBODY, NOVA, PEOPLE, Amounts, Fact, email
from tests.providers import anthropic, cursor, github
from tests.providers.github_work import WorkingGitHub
from tests.providers.litellm import LiteLLMStandIn
from tests.providers.openai import OpenAIStandIn

DAILY_DAYS: Final = 28
# The operator's file of accounts.
SHARED: Final = (
    b"provider,account,person\nanthropic,apikey_shared,shared\nopenai,key_shared,shared\nlitellm,hash-shared,shared\n"
)

_PRICES: Final = """
[[price]]
model = "{}"
from = 2020-01-01
uncached_input = "1"
cache_read = "0.1"
cache_write = "1.25"
cache_write_1h = "2"
output = "10"
"""


class Company:
    """The stand-ins, the folders and the files of settings; *facts* is what they hold."""

    def __init__(self, folder: Path) -> None:
        self.facts: list[Fact] = []
        self.anthropic, self.openai = anthropic.AnthropicStandIn(), OpenAIStandIn()
        self.cursor, self.litellm = cursor.CursorTeam(), LiteLLMStandIn()
        self.downloads = github.Downloads()
        self.github = WorkingGitHub(self.downloads, lambda: datetime.now(UTC))  # nothing was finished there
        self.stands = (self.anthropic, self.openai, self.cursor, self.litellm, self.github, self.downloads)
        self._folder, self._kiro_reports, self._bedrock_logs = folder, folder / "kiro", folder / "bedrock"
        self._list_members()

    @property
    def environment(self) -> dict[str, str]:
        """The settings that connect every source."""
        policy, prices = self._folder / "policy.toml", self._folder / "prices.toml"
        policy.write_text(f'[retention]\ndaily_days = {DAILY_DAYS}\n[seats]\ncopilot = "19.00"\n')
        prices.write_text("".join(_PRICES.format(model) for model in ("gpt-5", NOVA)))
        return {
            "ANTHROPIC_ADMIN_KEY": anthropic.ADMIN_KEY,
            "ANTHROPIC_ADMIN_URL": self.anthropic.url,
            "OPENAI_ADMIN_KEY": "admin-key",
            "OPENAI_ADMIN_URL": f"{self.openai.url}/v1",
            "CURSOR_ADMIN_KEY": cursor.KEY,
            "CURSOR_ADMIN_URL": self.cursor.url,
            "GITHUB_TOKEN": github.TOKEN,
            "GITHUB_ORG": github.ORG,
            "GITHUB_API_URL": self.github.url,
            "LITELLM_KEY": "sk-admin",
            "LITELLM_URL": self.litellm.url,
            "KIRO_REPORTS": str(self._kiro_reports),
            "BEDROCK_LOGS": str(self._bedrock_logs),
            "POLICY_FILE": str(policy),
            "PRICES_FILE": str(prices),
        }

    def hold(self, amounts: Amounts) -> None:
        """Let every source hold an amount of use by day and by whom, and nothing else."""
        self.facts = [
            *held.anthropic_holds(self.anthropic, amounts),
            *held.openai_holds(self.openai, amounts),
            *held.cursor_holds(self.cursor, amounts),
            *held.copilot_holds(self.github, amounts),
            *held.litellm_holds(self.litellm, amounts),
            *held.kiro_holds(self._kiro_reports, amounts),
            *held.bedrock_holds(self._bedrock_logs, amounts),
        ]

    def _list_members(self) -> None:
        self.anthropic.held.users = [{"id": f"user_{who}", "email": email(who)} for who in PEOPLE]
        made_by = {"type": "user", "id": "user_ada"}
        self.anthropic.held.keys = [{"id": "apikey_shared", "name": "ci", "created_by": made_by}]
        self.anthropic.held.refreshed_at = datetime.now(UTC).isoformat()
        self.openai.members = [{"id": f"user-{who}", "email": email(who)} for who in PEOPLE]
        self.openai.keys = {"project": [{"id": "key_shared", "owner": {"user": {"email": email("ada")}}}]}
        self.cursor.members = [{"id": f"m_{who}", "name": who, "email": email(who)} for who in PEOPLE]
        self.cursor.spenders = [cursor.spender(email(who)) for who in PEOPLE]
        self.github.members = [github.member(f"{who}-hub", email(who)) for who in PEOPLE]
        self.github.seats = [github.seat(f"{who}-hub", "2026-01-05T10:00:00Z") for who in PEOPLE]
        self.litellm.users = [{"user_id": f"u-{who}", "user_email": email(who)} for who in PEOPLE]
        whose = {who: "" if who == "nobody" else "u-ada" if who == "shared" else f"u-{who}" for who in EVERYBODY}
        self.litellm.keys = {
            f"hash-{who}": {"key_alias": "laptop", "user_id": user_id} for who, user_id in whose.items()
        }


@contextmanager
def company_in(folder: Path) -> Iterator[Company]:
    """Run the stand-ins of a company that has not used anything yet."""
    company = Company(folder)
    with ExitStack() as running:
        for stand in company.stands:
            running.enter_context(stand)
        yield company


def days_before(today: date, *back: int) -> list[date]:
    """Return the days that lie so many days before *today*."""
    return [today - timedelta(days=each) for each in back]
