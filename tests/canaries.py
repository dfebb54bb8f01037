"""What tests plant and no log may ever hold: tokens, secrets, prompts, texts, and figures of somebody's."""

import re
from collections.abc import Iterator
from typing import Final

from bot.playground.local_slack import LocalSlack

# Every planted name, title, machine, job and text has this word in it, or is one of the sentences.
WORDS: Final = ("canary", "nightingale", "secret of the purple heron")
# Amounts and counts that nobody else in the tests has, as they are written and as they are kept.
FIGURES: Final = ("7391.00", "7,391", "7654.32", "7654321000000", "7,777,777", "7777777", "77770000000", "15,309")
# What Slack, the bot and providers are let in with.
SECRETS: Final = (
    r"ww_[\w-]{20}",
    r"xox[abp]-[\w-]{8}",
    r"xapp-[\w-]{8}",
    r"Bearer [\w-]{8}",
    r"gh[opsu]_\w{20}",
    r"sk-[\w-]{20}",
    r"hooks\.slack\.com/\w+/\w+",
    re.escape(LocalSlack().signing_secret),
)
_WORDS: Final = re.compile("|".join(map(re.escape, WORDS)), re.IGNORECASE)
_FIGURES: Final = re.compile(rf"(?<![\w.,-])(?:{'|'.join(map(re.escape, FIGURES))})(?![\w])")
_SECRETS: Final = re.compile("|".join(SECRETS))


def found_in(line: str) -> Iterator[str]:
    """Yield what a log line must not hold."""
    for pattern in (_WORDS, _FIGURES, _SECRETS):
        yield from (match[0] for match in pattern.finditer(line))
