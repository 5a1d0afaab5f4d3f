"""Meetings and series: scheduling them, showing them, posting their cards."""
