"""Asking when to meet."""
