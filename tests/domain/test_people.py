"""Who is answered."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from bot.domain.people import Refusal, normal_email, refusal
from tests.cast import ADA

FLAGS = ("is_bot", "is_deleted", "is_stranger", "is_guest")


@pytest.mark.parametrize("guests_allowed", [True, False])
@pytest.mark.parametrize("flags", list(product([True, False], repeat=4)))
def test_who_is_refused_and_why(flags: tuple[bool, ...], guests_allowed: bool) -> None:
    """The reasons in their order: the first that holds is given; a guest alone may be allowed."""
    changes: dict[str, Any] = dict(zip(FLAGS, flags, strict=True))
    profile = replace(ADA, **changes)
    reasons = [flag.removeprefix("is_") for flag, holds in zip(FLAGS, flags, strict=True) if holds]
    if guests_allowed and reasons == ["guest"]:
        reasons = []

    assert refusal(profile, guests_allowed=guests_allowed) == (Refusal(reasons[0]) if reasons else None)


def test_addresses_are_compared_trimmed_and_in_lower_case() -> None:
    assert normal_email(" Ada@Example.COM\n") == "ada@example.com"
