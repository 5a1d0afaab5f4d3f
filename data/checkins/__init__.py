"""Check-ins: schedules, rounds, posts, commitments and their history."""
