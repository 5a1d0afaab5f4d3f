"""How far somebody is, and who sees it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cogs.programmes.progress import rules
from cogs.programmes.progress.rules import UnitMark
from data.states import Audience


@given(
    st.integers(1, 9), st.integers(1, 9), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
def test_what_somebody_did_shows_whatever_else_holds(
    number: int, from_unit: int, over: bool, locked: bool, was_there: bool, had_read: bool
) -> None:
    found = rules.mark(
        number=number,
        from_unit=from_unit,
        over=over,
        locked=locked,
        was_there=was_there,
        had_read=had_read,
    )
    did = found in (UnitMark.READ, UnitMark.THERE, UnitMark.BOTH)
    assert did == (was_there or had_read)
    if not did and number < from_unit:
        assert found is UnitMark.BEFORE


@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, *Audience]),
)
def test_what_is_hidden_is_seen_by_oneself_and_who_leads_alone(
    companion: bool, facilitates: bool, hidden: bool | None, audience: Audience | None
) -> None:
    seen = rules.sees(
        own=False, facilitates=facilitates, companion=companion, hidden=hidden, audience=audience
    )
    if facilitates:
        assert seen
    elif hidden or (hidden is None and audience is Audience.NOBODY):
        assert not seen
    elif not companion:
        assert seen == (audience is Audience.SERVER)
    else:
        assert seen
    assert rules.sees(
        own=True, facilitates=False, companion=False, hidden=hidden, audience=audience
    )
