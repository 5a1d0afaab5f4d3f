"""Meetings among the server's own events."""
