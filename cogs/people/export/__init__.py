"""A person's own copy of what the bot has about them."""
