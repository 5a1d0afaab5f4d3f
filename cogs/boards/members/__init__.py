"""Who takes part in a project."""
