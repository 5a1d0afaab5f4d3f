"""Looking back at check-ins: pages, a calendar of rounds, and streaks."""
