"""Reminders of meetings."""
