"""Values as papers print them: numbers, spreads and ranges."""
