"""After how many silent days a project is asked about."""

import pytest

from bot.base.errors import InvalidInput
from cogs.boards.silence import rules


@pytest.mark.parametrize(
    ("typed", "days"), [("7", 7), ("90", 90), (" 30 days ", 30), ("off", 0), ("Never", 0)]
)
def test_days_of_silence_that_can_be_chosen(typed: str, days: int) -> None:
    assert rules.check_days(typed) == days


@pytest.mark.parametrize("typed", ["6", "91", "1000", "-8", "soon", "", "7.5", "٧"])
def test_days_of_silence_that_cannot(typed: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_days(typed)
