"""A transaction: everything read or written between one BEGIN and its COMMIT, by repository."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar, overload

from data.across.context import Contexts
from data.across.homes import Homes
from data.across.linked_work import LinkedWork
from data.across.paper_keys import PaperKeys
from data.across.person_erasure import PersonErasure
from data.across.person_export import PersonExport
from data.across.portfolio import Portfolios
from data.across.server_erasure import ServerErasure
from data.across.titles import Titles
from data.boards.claims import Claims
from data.boards.deadlines import ProjectDeadlines
from data.boards.join_requests import JoinRequests
from data.boards.link_files import LinkFiles
from data.boards.log import ProjectLog
from data.boards.projects import Projects
from data.boards.results import Results
from data.boards.tasks import Tasks
from data.boards.watches import Watches
from data.checkins.commitments import Commitments
from data.checkins.history import History
from data.checkins.rounds import Checkins
from data.delivery.cards import PUBLISH_AFTER, Cards
from data.delivery.deadlines import Deadlines
from data.delivery.deliveries import Deliveries
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Papers
from data.people.coffees import Coffees
from data.people.introductions import Introductions
from data.people.pods import Pods
from data.people.profiles import Profiles
from data.programmes.programmes import Programmes
from data.reading.attendance import Attendances
from data.reading.drafts import Drafts
from data.reading.feeds import Feeds
from data.reading.lists import ReadingLists
from data.reading.meetings import Meetings
from data.reading.nominations import Nominations
from data.reading.polls import Polls
from data.reading.rsvps import Rsvps
from data.repository import Repository
from data.server.alerts import Troubles
from data.server.groups import Group, Groups, Servers
from data.server.process_notes import Notes
from data.session import Session
from data.states import CardKind

R = TypeVar("R", bound=Repository)


class _Of(Generic[R]):
    """A repository as an attribute of a transaction, made when it is first asked for."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, transaction: None, owner: type) -> _Of[R]: ...

    @overload
    def __get__(self, transaction: Transaction, owner: type) -> R: ...

    def __get__(self, transaction: Transaction | None, owner: type) -> R | _Of[R]:
        if transaction is None:
            return self
        # Stored under the same name, it is found there next time without asking here.
        made = transaction.__dict__[self._name] = self._kind(transaction.connection)
        return made


class Transaction:
    """Everything read or written between one BEGIN and its COMMIT, by repository."""

    servers = _Of(Servers)
    contexts = _Of(Contexts)
    homes = _Of(Homes)
    groups = _Of(Groups)
    profiles = _Of(Profiles)
    introductions = _Of(Introductions)
    pods = _Of(Pods)
    coffees = _Of(Coffees)
    portfolios = _Of(Portfolios)
    person_erasure = _Of(PersonErasure)
    person_export = _Of(PersonExport)
    checkins = _Of(Checkins)
    commitments = _Of(Commitments)
    history = _Of(History)
    meetings = _Of(Meetings)
    reading_lists = _Of(ReadingLists)
    programmes = _Of(Programmes)
    drafts = _Of(Drafts)
    rsvps = _Of(Rsvps)
    attendance = _Of(Attendances)
    feeds = _Of(Feeds)
    nominations = _Of(Nominations)
    polls = _Of(Polls)
    projects = _Of(Projects)
    tasks = _Of(Tasks)
    linked_work = _Of(LinkedWork)
    watches = _Of(Watches)
    link_files = _Of(LinkFiles)
    project_log = _Of(ProjectLog)
    join_requests = _Of(JoinRequests)
    claims = _Of(Claims)
    results = _Of(Results)
    project_deadlines = _Of(ProjectDeadlines)
    papers = _Of(Papers)
    paper_keys = _Of(PaperKeys)
    deadlines = _Of(Deadlines)
    cards = _Of(Cards)
    deliveries = _Of(Deliveries)
    titles = _Of(Titles)
    troubles = _Of(Troubles)
    server_erasure = _Of(ServerErasure)
    notes = _Of(Notes)

    def __init__(self, connection: Session) -> None:
        self.connection = connection

    async def touch_group(self, group: Group, now: datetime) -> None:
        """Tell the process that has a group's server that something in the group changed."""
        await self.deadlines.put(DeadlineKind.GROUP_TOUCHED, group.id, now, guild_id=group.guild_id)

    async def expect_card(
        self,
        kind: CardKind,
        subject_id: int,
        *,
        guild_id: int,
        channel_id: int,
        now: datetime,
        answer_to: int = 0,
    ) -> None:
        """Schedule a subject's card, in case the process dies before its maker posts it.

        Goes where the subject is written; posting the card cancels it. ``answer_to`` is the
        interaction whose answer is to be the card: one that came out unrecorded is found by it.
        """
        await self.deadlines.put(
            DeadlineKind.for_card(kind),
            subject_id,
            now + PUBLISH_AFTER,
            guild_id=guild_id,
            occurrence=channel_id,
            offset=answer_to,
        )
