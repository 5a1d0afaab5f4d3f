"""What holds for boards: decisions on values, without Discord and without the store."""
