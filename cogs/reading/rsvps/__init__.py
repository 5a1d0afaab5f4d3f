"""Answers to meetings, the waiting list, and seats."""
