"""Portfolios: what somebody did here, with its evidence, for themselves or as they share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import NotFound
from bot.place import Place
from data.database import Store
from data.portfolio import Portfolio
from data.states import CardKind


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """A portfolio, whose it is, whether others may see it, and where its evidence stands.

    ``links`` are the addresses of cards, by their kind and subject.
    """

    user_id: int
    portfolio: Portfolio
    shared: bool
    links: Mapping[tuple[CardKind, int], str]


class PortfolioService:
    """The use cases of portfolios."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def view(self, place: Place, user_id: int) -> PortfolioView:
        """Return somebody's portfolio; raises NotFound for one that is not shared."""
        async with self.store.read() as tx:
            profile = await tx.people.get(place.guild_id, user_id)
            if user_id != place.user_id and not profile.portfolio_shared:
                raise NotFound(
                    f"<@{user_id}> shares no portfolio here. Each person shares their own, with "
                    "`/profile portfolio`."
                )
            portfolio = await tx.portfolios.of(place.guild_id, user_id, self.clock.now())
            subjects = {
                CardKind.MEETING: {one.id for one in portfolio.meetings},
                CardKind.CHECKIN: {one.id for one in portfolio.checkins},
                CardKind.BOARD: {one.id for one in portfolio.projects}
                | {one.project_id for one in (*portfolio.results, *portfolio.reviews)},
            }
            cards = [
                card
                for kind, ids in subjects.items()
                for card in await tx.cards.of_kind(kind, sorted(ids))
                if card.guild_id == place.guild_id
            ]
        links = {(card.kind, card.subject_id): card.url for card in cards}
        return PortfolioView(user_id, portfolio, bool(profile.portfolio_shared), links)

    async def share(self, place: Place, *, shared: bool) -> None:
        """Let everyone in the server see the person's portfolio, or nobody."""
        async with self.store.transaction() as tx:
            await tx.people.save(place.guild_id, place.user_id, portfolio_shared=shared)
