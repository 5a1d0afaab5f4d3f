"""Projects on which nothing has happened for a while: whom to ask about them, and when."""
