"""Coffees: pairs of a group's people who meet one to one, in rounds that rotate."""
