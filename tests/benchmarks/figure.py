"""One measured figure, with its goal where there is one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` in ``unit``; at most ``goal`` is wanted, where there is a goal."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def measured(self) -> str:
        return f"{self.value:.3g} {self.unit}"

    @property
    def aim(self) -> str:
        return "" if self.goal is None else f"≤ {self.goal:g}"

    @property
    def mark(self) -> str:
        if self.goal is None:
            return ""
        return "ok" if self.value <= self.goal else "MISSED"

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal,
        }
