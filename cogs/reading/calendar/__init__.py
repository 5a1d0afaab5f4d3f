"""Meetings in people's own calendars."""
