"""Witnesses: whom somebody names to confirm that a commitment was kept."""
