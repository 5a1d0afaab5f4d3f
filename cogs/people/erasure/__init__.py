"""Erasing a person from a server."""
