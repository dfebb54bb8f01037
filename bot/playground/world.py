"""The state of the local workspace: people, channels, messages, views, files and permissions."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from bot.playground.block_rules import ALL_OF_SLACK, Plan
from bot.playground.shown import Json, Shown, ShownLog, ShownOn
from bot.playground.things import (
    LocalChannel,
    LocalFile,
    LocalMessage,
    LocalUser,
    ResponseUrl,
    SlackError,
    Trigger,
)

DEFAULT_SCOPES = ("commands", "chat:write", "users:read", "users:read.email")
OPTIONAL_SCOPES = ("files:write", "im:write", "im:history", "usergroups:read", "channels:read", "groups:read")
TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


class World:
    """Holds everything behind one lock; methods of the Web API change it, people's acts read it."""

    def __init__(
        self,
        users: Iterable[LocalUser],
        channels: Iterable[LocalChannel],
        scopes: Iterable[str] = DEFAULT_SCOPES,
        plan: Plan = ALL_OF_SLACK,
        clock: Callable[[], float] = time.time,
        keep_last: int | None = None,
        enterprise_id: str | None = None,
        org_teams: Iterable[str] = (),
    ) -> None:
        self.lock = threading.RLock()
        self.team_id, self.team_domain, self.app_id = "T0LOCAL", "larkfield", "A0LOCAL"
        self.bot_user_id, self.bot_id, self.enterprise_id = "U0BOT", "B0BOT", enterprise_id
        self.org_teams = tuple(org_teams)  # the workspaces of an org-wide install; none where one workspace has it
        self.formerly: dict[str, set[str]] = {}  # by workspace, who was there once
        self.users = {user.id: user for user in (*users, LocalUser("U0BOT", "Worthwhile", "", is_bot=True))}
        self.channels = {channel.id: channel for channel in channels}
        self.scopes, self.plan, self.keep_last = set(scopes), plan, keep_last
        self.check_blocks = True
        self.bot_token = f"xoxb-local-{secrets.token_hex(8)}"
        self.app_token = f"xapp-local-{secrets.token_hex(8)}"
        self.revoked = False
        self.messages: dict[str, dict[str, LocalMessage]] = {}  # by channel, then by ts
        self.modals: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.usergroups: dict[str, Json] = {}
        self.files: dict[str, LocalFile] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.shown = ShownLog(keep_last)
        self.base_url = ""  # known once it is served
        self._clock, self._skipped, self._last_ts = clock, 0.0, 0

    def now(self) -> float:
        """Returns the moment inside the workspace, seconds since 1970."""
        return self._clock() + self._skipped

    @property
    def is_org_wide(self) -> bool:
        """Whether the app is installed for all workspaces of an organisation at once."""
        return bool(self.org_teams)

    def asked_team(self, team_id: str) -> str:
        """Returns the workspace that a list is of; with an org-wide install a call has to name it."""
        if not self.is_org_wide:
            return self.team_id
        if not team_id:
            raise SlackError("missing_argument")
        if team_id not in self.org_teams:
            raise SlackError("team_not_found")
        return team_id

    def pass_time(self, seconds: float) -> None:
        """Lets time go by inside the workspace: triggers and response_urls grow old."""
        self._skipped += seconds

    def new_ts(self) -> str:
        """Returns a message timestamp: unique and growing."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def user(self, user_id: str, error: str = "user_not_found") -> LocalUser:
        """Returns somebody by id, or refuses with the error."""
        if user_id not in self.users:
            raise SlackError(error)
        return self.users[user_id]

    def direct_message(self, user_id: str) -> LocalChannel:
        """Returns the bot's own conversation with a person, opening it when there is none."""
        with self.lock:
            person = self.user(user_id, "channel_not_found")
            if person.is_bot:
                raise SlackError("cannot_dm_bot")
            if person.deleted:
                raise SlackError("user_disabled")
            channel_id = f"D{user_id[1:]}"
            members = {user_id, self.bot_user_id}
            return self.channels.setdefault(channel_id, LocalChannel(channel_id, "directmessage", members, is_im=True))

    def channel(self, name: str) -> LocalChannel:
        """Returns a conversation by id, or a public or private channel by name, if the bot may know it."""
        channel = self.channels.get(name)
        if channel is None:
            plain = name.removeprefix("#")
            channel = next((c for c in self.channels.values() if c.name == plain and not c.is_im), None)
        if channel is None or not (channel.public or self.bot_user_id in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def people_in(self, channel: LocalChannel) -> set[str]:
        """Returns the people, bots aside, who see what is posted in a conversation."""
        return {m for m in channel.members if m in self.users and not self.users[m].is_bot}

    def opens_public_channels(self, user_id: str) -> bool:
        """Says whether a person can read public channels without being in them: full members can."""
        person = self.users.get(user_id)
        return person is not None and not (person.is_guest or person.is_stranger or person.deleted or person.is_bot)

    def keep(self, message: LocalMessage) -> None:
        """Stores a message, forgetting the oldest of its channel past *keep_last*."""
        with self.lock:
            kept = self.messages.setdefault(message.channel, {})
            kept[message.ts] = message
            while self.keep_last is not None and len(kept) > self.keep_last:
                del kept[next(iter(kept))]

    def show_in(self, channel: LocalChannel, raw: Json, surface: ShownOn | None = None, **more: Any) -> Shown:
        """Records that something appeared to everybody in a conversation."""
        where: ShownOn = surface or ("dm" if channel.is_im else "channel")
        return self.shown.add(self.people_in(channel), where, raw, channel=channel.id, public=channel.public, **more)

    def new_trigger(self, user: str, view_id: str = "") -> str:
        """Issues a trigger_id; those that expired long ago are forgotten."""
        with self.lock:
            now = self.now()
            _drop_older(self.triggers, now - 60)
            trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
            self.triggers[trigger_id] = Trigger(user, now, view_id)
            return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Takes a trigger in exchange, or refuses: unknown, used, or older than three seconds."""
        with self.lock:
            trigger = self.triggers.get(trigger_id)
            if trigger is None:
                well_formed = trigger_id.count(".") == 2
                raise SlackError("expired_trigger_id" if well_formed else "invalid_trigger_id")
            if trigger.used:
                raise SlackError("exchanged_trigger_id")
            if self.now() - trigger.issued_at > TRIGGER_SECONDS:
                raise SlackError("expired_trigger_id")
            trigger.used = True
            return trigger

    def new_response_url(self, user: str, channel: str, *, of_command: bool, original: str = "") -> ResponseUrl:
        """Issues a response_url; those that expired are forgotten after an hour."""
        with self.lock:
            now = self.now()
            _drop_older(self.response_urls, now - 2 * RESPONSE_URL_SECONDS)
            issued = ResponseUrl(secrets.token_hex(12), user, channel, now, of_command, original=original)
            self.response_urls[issued.id] = issued
            return issued


def _drop_older(issued: dict[str, Any], than: float) -> None:
    # They are in the order of issue, so this looks at no more than it drops.
    while issued and next(iter(issued.values())).issued_at < than:
        del issued[next(iter(issued))]
