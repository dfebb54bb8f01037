"""Plays the rail without a browser: does the acts of steps as the page does them, in the same order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.demo.seats import ANA
from bot.playground.page.story import Step
from bot.playground.screens import label_of, state_values, usable
from bot.playground.shown import Shown
from tests.demo.demonstrated import Demo
from tests.e2e.harness import texts

ALONE = {"left": ANA, "right": "U01MO"}


@dataclass
class Player:
    """Who sits where, what each pane showed last, and whose pane moved though they did nothing."""

    demo: Demo
    sits: dict[str, str] = field(default_factory=lambda: dict(ALONE))
    place: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ALONE, "C01PAYMENTS"))
    newest: dict[str, Shown] = field(default_factory=dict)
    other_moved: list[str] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=dict)
    printed: str = ""

    def play(self, step: Step) -> None:
        """Play one step, and keep what its panes showed."""
        for kind, *rest in step.acts:
            getattr(self, f"_{kind}")(*rest)
        self.seen[step.label] = [texts(shown) for shown in self.newest.values()]

    def messages(self, user: str) -> list[str]:
        """Return what the bot wrote to somebody in its own messages, the newest last."""
        return [texts(shown) for shown in self.demo.stage.slack.shown_to(user) if shown.surface == "dm"]

    def _as(self, side: str, user: str) -> None:
        assert user in self.demo.world.slack.world.users
        self.sits[side] = user

    def _open(self, side: str, place: str) -> None:
        user = self.sits[side]
        if place in ("home", "messages"):
            mark = self.demo.stage.slack.mark()
            self.demo.stage.slack.open_home(user, place)
            self.demo.stage.settle()
            # a message may come meanwhile
            opened = [one for one in self.demo.stage.slack.shown_to(user, mark) if one.surface == "home"]
            if place == "home":
                self.newest[side] = opened[-1]
        else:
            assert user in self.demo.world.slack.world.channels[place].members
        self.place[side] = place

    def _type(self, side: str, words: str) -> None:
        name, _, rest = words.partition(" ")
        user, channel = self.sits[side], self.place[side]
        assert channel.startswith("C")
        self._do(side, lambda: self.demo.stage.slack.command(user, name, rest, channel=channel))

    def _press(self, side: str, label: str, may: str = "") -> None:
        user, slack = self.sits[side], self.demo.stage.slack
        front = slack.world.modals.get(user, [])
        if front and (front[-1].get("submit") or {}).get("text") == label:
            self._do(side, lambda: slack.submit(user))
            return
        there = next((one for one in reversed(slack.shown_to(user)) if label in texts(one).splitlines()), None)
        assert there or may, label
        if there:
            self._do(side, lambda: slack.click(user, there, label))

    def _choose(self, side: str, menu: str, option: str) -> None:
        block, element = self._field(side, menu)
        values = {one["text"]["text"]: one["value"] for one in element["options"]}
        if element["type"].startswith("multi_"):
            held = self._held(side, block, element)["selected_options"]
            self._put(side, block, element, sorted({*(one["value"] for one in held), values[option]}))
        else:
            self._put(side, block, element, values[option])

    def _fill(self, side: str, label: str, words: str) -> None:
        self._put(side, *self._field(side, label), words)

    def _cut(self, side: str, label: str, words: str) -> None:
        block, element = self._field(side, label)
        before = self._held(side, block, element)["value"]
        assert words in before
        self._put(side, block, element, before.replace(words, ""))

    def _share(self, side: str, text: str, name: str) -> None:
        user, slack = self.sits[side], self.demo.stage.slack
        assert name == "Share as a use case"
        said = [one for one in slack.world.messages[self.place[side]].values() if text in one.body["text"]]
        self._do(side, lambda: slack.message_shortcut(user, "share_use_case", said[-1]))

    def _close(self, side: str) -> None:
        self.demo.stage.slack.close(self.sits[side])

    def _wait(self, side: str, text: str) -> None:
        shown = [texts(self.newest[side])] if side in self.newest else []
        if self.place[side] == "messages":
            shown += self.messages(self.sits[side])
        assert any(text in each for each in shown), (text, shown[:1])

    _show = _wait

    def _run(self, verb: str) -> None:
        self.printed = self.demo.story.run(verb)

    def _switch(self, switch_id: str, to: str = "") -> None:
        (switch,) = [one for one in self.demo.story.switches if one.id == switch_id]
        if to != ("on" if switch.on else "off"):
            self.demo.story.flip(switch_id)

    def _clock(self, button_id: str) -> None:
        assert button_id in [button.id for button in self.demo.story.clock_buttons()]
        self.demo.story.press_clock(button_id)

    def _do(self, side: str, act: Callable[[], Any]) -> None:
        slack, user = self.demo.stage.slack, self.sits[side]
        mark, other = slack.mark(), self.sits["right" if side == "left" else "left"]
        delivery = act()
        assert delivery.acked, delivery.error
        self.demo.stage.settle()
        found = [one for one in slack.shown_to(user, mark) if one.surface != "home"]
        answers = [one for one in found if one.surface != "dm"]  # what comes unasked may come at this moment
        self.newest[side] = (answers or found)[-1]
        if other != user and slack.shown_to(other, mark):
            self.other_moved.append(other)

    def _fields(self, side: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        view = self.demo.stage.slack.top_modal(self.sits[side])
        yield from usable(view["blocks"])

    def _field(self, side: str, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
        found = [pair for pair in self._fields(side) if pair[0].get("label", {}).get("text") == label]
        assert found, (label, [label_of(element) for _, element in self._fields(side)])
        return found[0]

    def _held(self, side: str, block: dict[str, Any], element: dict[str, Any]) -> dict[str, Any]:
        view = self.demo.stage.slack.top_modal(self.sits[side])
        holds = state_values(view["blocks"], view["state"]["values"])
        held: dict[str, Any] = holds[block["block_id"]][element["action_id"]]
        return held

    def _put(self, side: str, block: dict[str, Any], element: dict[str, Any], value: object) -> None:
        self.demo.stage.slack.fill(self.sits[side], {block["block_id"]: {element["action_id"]: value}})
