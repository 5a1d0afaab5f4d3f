"""Programmes: starting, joining, leaving out a week, ending."""
