"""A project's links, and watching them for changes."""
