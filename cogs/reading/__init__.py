"""Reading groups: meetings with answers by reaction, series, reading lists, polls, a calendar."""

from bot.client import CohortBot
from cogs.reading.attendance.cog import AttendanceCommands
from cogs.reading.attendance.handlers import AttendanceHandlers, VoiceAttendance
from cogs.reading.attendance.service import AttendanceService
from cogs.reading.attendance.views import (
    HereButton,
    NotesButton,
    NotMineButton,
    PromptButton,
    ReadButton,
    TakeOnButton,
)
from cogs.reading.calendar.cog import CalendarCommands
from cogs.reading.calendar.feeds import CalendarFeeds
from cogs.reading.calendar.service import CalendarService
from cogs.reading.changes.cog import ChangeCommands
from cogs.reading.changes.handlers import ChangeHandlers
from cogs.reading.changes.service import ChangeService
from cogs.reading.changes.views import RestoreButton
from cogs.reading.exercises.handlers import ExerciseCards
from cogs.reading.exercises.service import ExerciseService
from cogs.reading.exercises.views import TakeButton, TakeMenu
from cogs.reading.facilitators.cog import FacilitatorCommands
from cogs.reading.facilitators.handlers import FacilitatorHandlers, LeaderSigns
from cogs.reading.facilitators.service import FacilitatorService
from cogs.reading.facilitators.views import DeclineButton, LeadButton
from cogs.reading.lists.cog import ReadingListCommands
from cogs.reading.lists.handlers import ListHandlers
from cogs.reading.lists.service import ListService
from cogs.reading.lists.views import (
    BeginButton,
    ChangeListButton,
    ForgetListButton,
    ProgrammeButton,
)
from cogs.reading.meetings.cog import MeetingCommands
from cogs.reading.meetings.options import MeetingPicker
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService
from cogs.reading.meetings.views import PLAN_BUTTONS
from cogs.reading.nominations.cog import NominationCommands
from cogs.reading.nominations.handlers import NominationReactions
from cogs.reading.nominations.service import NominationService
from cogs.reading.nominations.views import WithdrawButton
from cogs.reading.polls.cog import PollCommands
from cogs.reading.polls.drafts import PollDraftService
from cogs.reading.polls.handlers import PollReactions
from cogs.reading.polls.service import PollService
from cogs.reading.polls.views import (
    AskButton,
    ChangeTimesButton,
    CloseButton,
    ForgetTimesButton,
    ScheduleButton,
    ScheduleOneButton,
    SuggestButton,
)
from cogs.reading.programme_meetings.handlers import ProgrammeMeetings
from cogs.reading.reminders.handlers import ReminderHandlers
from cogs.reading.rsvps.handlers import RsvpReactions, SeatHandlers
from cogs.reading.rsvps.service import RsvpService
from cogs.reading.rsvps.views import EverybodyButton
from cogs.reading.series.cog import SeriesCommands
from cogs.reading.series.handlers import SeriesHandlers
from cogs.reading.series.service import SeriesService
from cogs.reading.series.views import CancelComingButton, ResumeButton
from cogs.reading.server_events.handlers import ServerEvents
from cogs.reading.server_events.views import FollowButton, PutBackButton

BUTTONS = (
    AskButton,
    BeginButton,
    CancelComingButton,
    ChangeListButton,
    ChangeTimesButton,
    CloseButton,
    DeclineButton,
    EverybodyButton,
    FollowButton,
    ForgetListButton,
    ForgetTimesButton,
    ResumeButton,
    HereButton,
    TakeOnButton,
    NotMineButton,
    LeadButton,
    NotesButton,
    ProgrammeButton,
    PromptButton,
    PutBackButton,
    ReadButton,
    RestoreButton,
    ScheduleButton,
    ScheduleOneButton,
    SuggestButton,
    TakeButton,
    TakeMenu,
    WithdrawButton,
)


COGS = (
    MeetingCommands,
    ChangeCommands,
    SeriesCommands,
    FacilitatorCommands,
    AttendanceCommands,
    PollCommands,
    CalendarCommands,
    NominationCommands,
    ReadingListCommands,
)


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    _provide_services(bot)
    bot.add_dynamic_items(*PLAN_BUTTONS, *BUTTONS)
    posting = Posting(bot, bot.service(MeetingService))
    bot.provide(posting)
    reactions = RsvpReactions(bot)
    bot.provide(reactions)
    ReminderHandlers(bot)
    SeatHandlers(bot)
    ChangeHandlers(bot)
    ListHandlers(bot)
    SeriesHandlers(bot)
    FacilitatorHandlers(bot)
    AttendanceHandlers(bot)
    ProgrammeMeetings(bot, posting)
    await bot.add_cog(reactions)
    await bot.add_cog(LeaderSigns(bot))
    await bot.add_cog(VoiceAttendance(bot))
    await bot.add_cog(ServerEvents(bot))
    await bot.add_cog(NominationReactions(bot))
    await bot.add_cog(PollReactions(bot))
    await bot.add_cog(ExerciseCards(bot))
    for subject in COGS:
        await bot.add_cog(subject(bot))


def _provide_services(bot: CohortBot) -> None:
    store, clock, zone = bot.store, bot.clock, bot.settings.zone
    bot.provide(MeetingService(store, clock, zone))
    bot.provide(CalendarService(store, clock, zone))
    for service in (
        RsvpService,
        ChangeService,
        SeriesService,
        AttendanceService,
        FacilitatorService,
        NominationService,
        PollService,
        ExerciseService,
        PollDraftService,
        ListService,
    ):
        bot.provide(service(store, clock))
    bot.provide(CalendarFeeds(bot))
    bot.provide(MeetingPicker(bot))
