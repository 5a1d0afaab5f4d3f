"""A project's report."""
