"""The emoji that a bot is likely to name between colons."""

import re
from typing import Final

# ruff: noqa: RUF001 - the signs are meant
NAMED: Final = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "lock": "🔒", "unlock": "🔓", "eyes": "👀",
    "wave": "👋", "tada": "🎉", "bulb": "💡", "warning": "⚠️", "white_check_mark": "✅", "heavy_check_mark": "✔️",
    "x": "❌", "question": "❓", "exclamation": "❗", "information_source": "ℹ️", "bell": "🔔", "no_bell": "🔕",
    "calendar": "📅", "date": "📅", "chart_with_upwards_trend": "📈", "chart_with_downwards_trend": "📉",
    "bar_chart": "📊", "moneybag": "💰", "dollar": "💵", "euro": "💶", "gear": "⚙️", "wrench": "🔧", "hammer": "🔨",
    "rocket": "🚀", "fire": "🔥", "star": "⭐", "sparkles": "✨", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "clock1": "🕐", "alarm_clock": "⏰", "mag": "🔍", "link": "🔗", "memo": "📝", "pencil": "📝", "book": "📖",
    "books": "📚", "bookmark": "🔖", "file_folder": "📁", "page_facing_up": "📄", "package": "📦", "robot_face": "🤖",
    "computer": "💻", "iphone": "📱", "seedling": "🌱", "evergreen_tree": "🌲", "red_circle": "🔴", "smile": "😄",
    "slightly_smiling_face": "🙂", "thinking_face": "🤔", "pray": "🙏", "clap": "👏", "muscle": "💪",
    "raised_hands": "🙌", "point_right": "👉", "arrow_right": "➡️", "arrow_up": "⬆️", "arrow_down": "⬇️",
    "heart": "❤️", "100": "💯", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "large_blue_circle": "🔵",
    "white_circle": "⚪", "zzz": "💤", "coffee": "☕", "trophy": "🏆", "construction": "🚧", "house": "🏠",
}  # fmt: skip
_CODE: Final = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:")


def with_emoji(text: str) -> str:
    """Returns text with :names: as characters; a name that is not known stays as it is."""
    return _CODE.sub(lambda match: NAMED.get(match[1], match[0]), text)
