"""Servers and their groups, and what the process notes about them."""
