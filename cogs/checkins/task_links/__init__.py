"""Commitments linked to tasks of a project."""
