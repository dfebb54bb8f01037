"""What a change came to in the whole company: everything billed over all changes that stayed, as a range."""

from typing import Final

from bot.domain.outcomes.cost_per_change import MIN_STAYED
from bot.domain.privacy import Figure, Rules, band
from bot.domain.quantity import Quantity

# Nothing in a bill is capped, so the fewer people, the wider the range that hides the largest of them: from so
# many people on, the policy's band to this power. Of fewer than 40 no range was wide enough: a guess at the top
# spender gained more than the bar. Measured by benchmarks/attacker.py.
_WIDTHS: Final = ((150, 1), (100, 2), (40, 5))
MIN_COMPANY: Final = _WIDTHS[-1][0]


def company_cost_per_change(billed: Quantity, stayed: int, people: int, rules: Rules) -> Figure | None:
    """Return the range of *billed* (nano-USD, of all sources that bill) over the *stayed* changes of the same weeks.

    The weeks are twelve that no other figure shares: figures of overlapping weeks could be subtracted. None, shown as
    the door's own "not shown", for fewer than 40 *people* on the company's roster, or than a group needs, for fewer
    than five changes, and where a part of the bill is unknown.
    """
    if people < max(rules.min_roster, MIN_COMPANY) or stayed < MIN_STAYED:
        return None
    if billed.known is None or not billed.complete:
        return None
    each_nano_usd = billed.known // stayed
    return band(each_nano_usd, _ratio(people, rules)) if each_nano_usd > 0 else None


def _ratio(people: int, rules: Rules) -> float:
    return rules.band ** next(power for enough, power in _WIDTHS if people >= enough)
