"""Portfolios: what somebody did here, with its evidence, for themselves or as shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import NotFound
from bot.place import Place, known_groups
from bot.verdict_source import VerdictSource
from cogs.people.profiles import rules as rules
from cogs.people.profiles.service import levels_of
from data.across.portfolio import Portfolio
from data.people.profiles import Profile
from data.states import CardKind
from data.store import Store, transaction
from data.transaction import Transaction


class PortfolioView(Struct, frozen=True):
    """A portfolio, whose it is, whether others may see it, and where its evidence stands.

    ``links`` are the addresses of cards, by their kind and subject; ``verdicts`` say how the
    claims came out, and how well that is known. ``level`` and ``interests`` are as the person who
    looks may see them.
    """

    user_id: int
    portfolio: Portfolio
    shared: bool
    links: Mapping[tuple[CardKind, int], str]
    verdicts: Mapping[int, str]
    level: str | None
    interests: Sequence[str]


class PortfolioService:
    """The use cases of portfolios."""

    def __init__(self, store: Store, clock: Clock, verdicts: VerdictSource) -> None:
        self.store = store
        self.clock = clock
        self.verdicts = verdicts

    async def view(self, place: Place, user_id: int) -> PortfolioView:
        """Return somebody's portfolio; raises NotFound for one that is not shared."""
        async with self.store.read() as tx:
            profile = await tx.profiles.get(place.guild_id, user_id)
            if user_id != place.user_id and not profile.portfolio_shared:
                raise NotFound(
                    f"{wording.person(user_id)} shares no portfolio here. Each person shares their "
                    "own, with `/profile portfolio`."
                )
            portfolio = await tx.portfolios.of(place.guild_id, user_id, self.clock.now())
            if user_id != place.user_id:
                portfolio = await _readable(tx, place, portfolio)
            made_in = {one.checkin_id for one in portfolio.commitments}
            kept_in = {one.kept_in for one in portfolio.commitments}
            everything = (*portfolio.meetings, *portfolio.checkins, *portfolio.commitments)
            subjects: dict[CardKind, AbstractSet[int | None]] = {
                CardKind.MEETING: {one.id for one in portfolio.meetings},
                CardKind.CHECKIN: {one.id for one in portfolio.checkins} | made_in | kept_in,
                CardKind.BOARD: {one.id for one in portfolio.projects}
                | {one.project_id for one in (*portfolio.results, *portfolio.reviews)},
                CardKind.GROUP: {one.group_id for one in everything},
            }
            cards = [
                card
                for kind, ids in subjects.items()
                for card in await tx.cards.of_kind(kind, sorted(one for one in ids if one))
                if card.guild_id == place.guild_id
            ]
            companions = await tx.profiles.companions(place.guild_id, place.user_id)
            levels = levels_of(await tx.servers.get(place.guild_id))
        seen: Profile | None = profile
        if user_id != place.user_id:
            seen = rules.seen(profile, shares_group=user_id in companions)
        claims = {one.claim_id for one in (*portfolio.results, *portfolio.reviews)}
        return PortfolioView(
            user_id,
            portfolio,
            bool(profile.portfolio_shared),
            {(card.kind, card.subject_id): card.url for card in cards},
            await self.verdicts.of(place.guild_id, sorted(claims)),
            rules.level_name(seen.level, levels) if seen is not None else None,
            (seen.interests or ()) if seen is not None else (),
        )

    @transaction
    async def share(self, tx: Transaction, place: Place, *, shared: bool) -> None:
        """Show the person's portfolio to everyone in the server, or to nobody."""
        await tx.profiles.save(place.guild_id, place.user_id, portfolio_shared=shared)


async def _readable(tx: Transaction, place: Place, portfolio: Portfolio) -> Portfolio:
    """Return the parts of a portfolio that are in channels which the viewer can read."""
    groups = await known_groups(tx, place)
    boards = [
        *await tx.projects.of_server(place.guild_id),
        *await tx.projects.archived(place.guild_id),
    ]
    projects = {one.id for one in boards if place.may_know(one.channel_id, member=False)}
    return replace(
        portfolio,
        meetings=[one for one in portfolio.meetings if one.group_id in groups],
        checkins=[one for one in portfolio.checkins if one.group_id in groups],
        commitments=[one for one in portfolio.commitments if one.group_id in groups],
        coffees=[one for one in portfolio.coffees if one.group_id in groups],
        projects=[one for one in portfolio.projects if one.id in projects],
        results=[one for one in portfolio.results if one.project_id in projects],
        reviews=[one for one in portfolio.reviews if one.project_id in projects],
    )
