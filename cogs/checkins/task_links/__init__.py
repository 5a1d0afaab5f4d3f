"""Commitments that are tasks of a project."""
