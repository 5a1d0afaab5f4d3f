"""Reading groups: meetings, answers, attendance, polls, nominations, lists and feeds."""
