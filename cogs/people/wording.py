"""The words for the states of people."""

from data.states import Audience, Nudges, ProfileField, Purpose

OPEN_TO = {
    Purpose.PAIR: "a study partner",
    Purpose.POD: "a pod",
    Purpose.PROJECT: "a project together",
    Purpose.MENTORING: "mentoring somebody",
    Purpose.MENTORED: "being mentored",
}

LOOKING_FOR = {
    Purpose.PAIR: "a study partner",
    Purpose.POD: "people for a pod",
    Purpose.PROJECT: "somebody for a project",
    Purpose.MENTORED: "a mentor",
    Purpose.MENTORING: "somebody to mentor",
}

SEEN_BY = {
    Audience.NOBODY: "only you",
    Audience.GROUPS: "people in your groups",
    Audience.SERVER: "everyone in this server",
}

FIELDS = {
    ProfileField.TIMEZONE: "time zone",
    ProfileField.LEVEL: "level",
    ProfileField.INTERESTS: "interests",
    ProfileField.FREE: "free hours",
    ProfileField.ABOUT: "the line about you",
}

REMINDED = {
    None: "By direct message; in a large group by a mention in a thread",
    Nudges.DIRECT: "By direct message; where that is closed, by a mention",
    Nudges.THREAD: "By a mention in your pod's thread, or else the round's",
    Nudges.NONE: "Not at all",
}

FIRST_QUESTION = {
    Purpose.PAIR: "What is each of you working on this week, and when could you talk for half an "
    "hour?",
    Purpose.POD: "What would you like a pod to be for, and who else should be in it?",
    Purpose.PROJECT: "Which paper or question would each of you like to work on, and what is the "
    "smallest first step?",
    Purpose.MENTORED: "What is the one thing that you are stuck on or deciding just now?",
    Purpose.MENTORING: "What is the one thing that you are stuck on or deciding just now?",
}
