"""Cohort: the process, and the kit that its cogs are built with."""

__version__ = "0.1.0"
