"""Projects as a whole: the commands `/project`."""
