"""Matches, and introductions for which the other person is asked first."""
