"""Setting Cohort up in a server."""
