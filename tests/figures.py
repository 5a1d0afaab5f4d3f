"""What a run of the tests, and of the soak, ends with: the figures of what was shown by force."""

from __future__ import annotations

from collections.abc import Mapping

Figures = Mapping[str, float | int | str]
"""The figures of one part, such as the burst or the crashes, by what they count."""


def together(parts: list[Figures]) -> Figures:
    """Add up the figures that several tests tell of one part."""
    total: dict[str, float | int | str] = {}
    for figures in parts:
        for name, value in figures.items():
            before = total.get(name)
            if isinstance(before, float | int) and isinstance(value, float | int):
                value = before + value
            total[name] = value
    return total


def table(part: str, figures: Figures) -> str:
    """Return the lines that show a part's figures."""
    width = max(len(one) for one in figures)
    lines = [f"  {one:<{width}}  {value:>10}" for one, value in figures.items()]
    return "\n".join([part, *lines])
