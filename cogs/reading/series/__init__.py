"""Meetings that repeat: posting the next one, leaving days out, ending and resuming."""
