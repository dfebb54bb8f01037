"""A small prompt to try the bot by hand: be somebody, type, press, fill in, read."""

from collections.abc import Callable
from typing import Any, TextIO

from bot.playground.local_slack import LocalSlack
from bot.playground.render import Page, add
from bot.playground.screens import NotPossibleError, options_of
from bot.playground.shown import Json, Shown

HELP = """\
/command words    type a slash command
3                 press button 3; for a menu: 3 and the words of your choice
set 3 words       fill in field 3 of a window (several choices: separate them with commas)
submit, close     send or close the window
home              open the Home tab
shortcut ID       choose a global shortcut
say words         post a message in the channel you are in
share ID          choose a message shortcut on the last message in the channel
as ana            be somebody else          who    who there is
in general        go to a channel           in dm  to the app's own messages
help, quit"""
QUIET_SECONDS = 0.3  # an answer may come in several parts


class Prompt:
    """Reads a line, does it as the chosen person, and prints what that person then sees."""

    def __init__(self, slack: LocalSlack, out: TextIO, answer_seconds: float = 4.0) -> None:
        self._slack, self._out, self._answer_seconds = slack, out, answer_seconds
        self._user = next(iter(slack.world.users))
        self._channel: str | None = None
        self._page = Page()
        self._window: dict[str, dict[str, Any]] = {}
        self._verbs: dict[str, Callable[[str], None]] = {
            "as": self._become,
            "in": self._go,
            "who": self._who,
            "help": lambda rest: self._say(HELP),
            "set": self._set,
            "submit": lambda rest: self._see(lambda: self._slack.submit(self._user, self._window)),
            "close": lambda rest: self._see(lambda: self._slack.close(self._user), wait=False),
            "home": lambda rest: self._see(lambda: self._slack.open_home(self._user)),
            "shortcut": lambda rest: self._see(lambda: self._slack.shortcut(self._user, rest)),
            "say": self._post,
            "share": self._share,
        }

    @property
    def sign(self) -> str:
        """What stands before the cursor: who you are, and where."""
        person = self._slack.world.users[self._user]
        place = self._slack.world.channels[self._channel].name if self._channel else "dm"
        return f"{person.handle} in {place}> "

    def do(self, line: str) -> None:
        """Does one line; what is not possible is said, not raised."""
        first, _, rest = line.strip().partition(" ")
        try:
            if first.startswith("/"):
                act = self._slack.command
                self._see(lambda: act(self._user, first, rest.strip(), channel=self._channel))
            elif first.isdigit():
                self._press(int(first), rest.strip())
            elif first in self._verbs:
                self._verbs[first](rest.strip())
            elif first:
                self._say(f"I do not know {first!r}. Type help.")
        except NotPossibleError as e:
            self._say(f"Not possible: {e}")

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()

    def _names(self) -> dict[str, str]:
        world = self._slack.world
        people = {user.id: user.name for user in world.users.values()}
        return people | {channel.id: channel.name for channel in world.channels.values()}

    def _see(self, act: Callable[[], object], *, wait: bool = True) -> None:
        mark = self._slack.mark()
        act()
        try:
            last = self._slack.wait_shown(self._user, mark, self._answer_seconds if wait else QUIET_SECONDS)
            while True:
                last = self._slack.wait_shown(self._user, last, QUIET_SECONDS)
        except TimeoutError:
            self._show(self._slack.shown_to(self._user, mark))

    def _show(self, shown: list[Shown]) -> None:
        if not shown:
            self._say("(nothing to see)")
            return
        self._page, self._window = Page(self._names()), {}
        for one in shown:
            # A window or message that was changed at once is drawn only as it is now.
            key = one.view_id or one.ts
            if key and any(key in (later.view_id, later.ts) for later in shown if later.number > one.number):
                continue
            add(self._page, one)
        self._say(self._page.text)

    def _element(self, number: int) -> tuple[Shown, Json, Json]:
        if not 1 <= number <= len(self._page.elements):
            raise NotPossibleError(f"there is no [{number}] here")
        return self._page.elements[number - 1]

    def _press(self, number: int, words: str) -> None:
        shown, block, element = self._element(number)
        if options_of(element) and not words:
            raise NotPossibleError(f"choose: {number} and one of the words after it")
        chosen = _chosen(element, words) if words else None
        names = {"action_id": element["action_id"], "block_id": block["block_id"], "value": element.get("value")}
        self._see(lambda: self._slack.click(self._user, shown, **names, option=chosen))

    def _set(self, rest: str) -> None:
        number, _, words = rest.partition(" ")
        _, block, element = self._element(int(number) if number.isdigit() else 0)
        value = _chosen(element, words.strip())
        self._slack.fill(self._user, {block["block_id"]: {element["action_id"]: value}})
        self._window.setdefault(block["block_id"], {})[element["action_id"]] = value
        self._say("ok; more with set, then submit")

    def _become(self, name: str) -> None:
        wanted = name.lower().removeprefix("@")
        for user in self._slack.world.users.values():
            if wanted in (user.handle, user.id.lower(), user.name.lower()):
                self._user, self._page, self._window = user.id, Page(), {}
                self._say(f"You are {user.name}.")
                return
        raise NotPossibleError(f"there is no {name}; type who")

    def _go(self, name: str) -> None:
        if name == "dm":
            self._channel = None
            return
        wanted = name.removeprefix("#")
        found = [c.id for c in self._slack.world.channels.values() if wanted in (c.name, c.id)]
        if not found:
            raise NotPossibleError(f"there is no channel {name}; type who")
        self._channel = found[0]

    def _who(self, rest: str) -> None:
        for user in self._slack.world.users.values():
            kinds = ("deleted", "is_bot", "is_restricted", "is_stranger")
            marks = [kind.removeprefix("is_") for kind in kinds if getattr(user, kind)]
            self._say(f"  {user.handle:8} {user.name} {' '.join(marks)}".rstrip())
        names = [channel.name for channel in self._slack.world.channels.values() if not channel.is_im]
        self._say(f"  channels: {', '.join(names)}")

    def _post(self, words: str) -> None:
        if self._channel is None:
            raise NotPossibleError("go to a channel first: in general")
        self._slack.say(self._user, self._channel, words)
        self._say("posted")

    def _share(self, callback_id: str) -> None:
        kept = [m for m in self._slack.world.messages.get(self._channel or "", {}).values() if not m.ephemeral_to]
        if not kept:
            raise NotPossibleError("there is no message in the channel you are in")
        self._see(lambda: self._slack.message_shortcut(self._user, callback_id, kept[-1]))


def _chosen(element: Json, words: str) -> Any:
    """Returns typed words as the value of a field: a list where several can be chosen."""
    several = element["type"].startswith("multi_") or element["type"] == "checkboxes"
    return [word.strip() for word in words.split(",")] if several else words


def run_prompt(slack: LocalSlack, stdin: TextIO, stdout: TextIO) -> None:
    """Runs the prompt until quit or the end of the input."""
    prompt = Prompt(slack, stdout)
    stdout.write("A local Slack with made-up people. Type help for what you can do.\n")
    while True:
        stdout.write(prompt.sign)
        stdout.flush()
        line = stdin.readline()
        if not line or line.strip() in ("quit", "exit"):
            stdout.write("\n")
            return
        prompt.do(line)
