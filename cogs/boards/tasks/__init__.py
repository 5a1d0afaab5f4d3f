"""A project's tasks: the commands `/task`."""
