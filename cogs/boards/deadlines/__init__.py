"""The dates that a project works towards: the commands `/deadline`."""
