"""Rounds of check-ins: schedule, prompt, posts, digest."""
