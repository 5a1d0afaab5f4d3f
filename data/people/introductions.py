"""Who asked to be introduced to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import and_, func, or_, select

from data.people.schema import introductions
from data.repository import Repository
from data.states import Purpose

IntroductionId = NewType("IntroductionId", int)


class Introduction(Struct, frozen=True):
    """One person's wish to meet another; ``accepted`` is None until the other answered.

    ``about`` is what the one who asks is stuck with, where that is why.
    """

    id: IntroductionId
    guild_id: int
    purpose: Purpose
    channel_id: int
    asked_by: int
    other_user_id: int
    asked_at: datetime
    answered_at: datetime | None
    accepted: bool | None
    thread_id: int | None
    about: str | None = None


class IntroductionPatch(TypedDict, total=False):
    """What may change about an introduction."""

    answered_at: datetime
    accepted: bool
    thread_id: int | None


class Introductions(Repository):
    """The rows of introductions."""

    async def add(
        self,
        *,
        guild_id: int,
        purpose: Purpose,
        channel_id: int,
        asked_by: int,
        other_user_id: int,
        now: datetime,
        about: str | None = None,
    ) -> Introduction:
        """Note a wish."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "purpose": purpose,
            "channel_id": channel_id,
            "asked_by": asked_by,
            "other_user_id": other_user_id,
            "asked_at": now,
            "about": about,
        }
        new = await self._insert(introductions, **values)
        return Introduction(
            id=IntroductionId(new), answered_at=None, accepted=None, thread_id=None, **values
        )

    async def get(self, introduction_id: int) -> Introduction | None:
        """Return one by its id; who may see it is for the caller to check."""
        return await self._first(
            Introduction, lambda: select(introductions).where(introductions.c.id == introduction_id)
        )

    async def between(self, guild_id: int, one: int, other: int) -> list[Introduction]:
        """Return those between two people, whoever asked, the latest first."""
        asked = introductions.c
        return await self._all(
            Introduction,
            select(introductions)
            .where(
                asked.guild_id == guild_id,
                or_(
                    and_(asked.asked_by == one, asked.other_user_id == other),
                    and_(asked.asked_by == other, asked.other_user_id == one),
                ),
            )
            .order_by(asked.asked_at.desc(), asked.id.desc()),
        )

    async def waiting(self, guild_id: int, user_id: int) -> int:
        """Return how many of the people whom somebody asked have not answered yet."""
        return await self._value(
            lambda: (
                select(func.count())
                .select_from(introductions)
                .where(
                    introductions.c.guild_id == guild_id,
                    introductions.c.asked_by == user_id,
                    introductions.c.answered_at.is_(None),
                )
            )
        )

    async def edit(
        self, introduction_id: IntroductionId, **values: Unpack[IntroductionPatch]
    ) -> None:
        """Set the named columns."""
        await self._change(introductions, {"id": introduction_id}, values)
