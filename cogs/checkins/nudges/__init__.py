"""Reminders to check in, before a round is due."""
