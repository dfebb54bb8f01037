"""What of a day's cost could have been without: the arithmetic in a line, and one option to each."""

from collections.abc import Sequence

from bot.domain.why import WhyLine
from bot.views.blocks import Block, foreign, section
from bot.views.wording import about_dollars, plural, rounded, tool_name


def why_blocks(lines: Sequence[WhyLine]) -> list[Block]:
    """Return a section for each line."""
    return [section(_said(line)) for line in lines]


def _said(line: WhyLine) -> str:
    about, where = about_dollars(line.nano_usd), _where(line)
    if line.kind == "sent_in_full":
        return (
            f"*{line.number} of {line.of} input tokens were sent in full* ({where}); from the cache they cost less. "
            "*One option:* keep the beginning the same from request to request; with 7 of 10 read from the cache it "
            f"would have been up to {about} less. Your call."
        )
    if line.kind == "written_unread":
        return (
            f"*{rounded(line.number)} tokens were written to the cache, {rounded(line.of)} read from it* ({where}). "
            f"Writing costs more than sending: {about} more than was saved by reading. *One option:* switch caching "
            "off there, or write for a shorter time. Your call."
        )
    if line.kind == "failed":
        return (
            f"*{line.number:,} of {plural(line.of, 'request')} failed* ({where}). At the average of that day they come "
            f"to up to {about}. *One option:* read the first error before the next try. Your call."
        )
    return (
        f"*{where} ran at a priority price*, {about} above the usual one for {plural(line.number, 'request')}. "
        "*One option:* the usual speed, where nobody waits for it. Your call."
    )


def _where(line: WhyLine) -> str:
    if line.job:
        return f"{foreign(line.job, 40)}, which ran on its own," if line.kind == "priority" else foreign(line.job, 40)
    return f"{foreign(tool_name(line.tool), 40)} on {foreign(line.model, 60)}"
