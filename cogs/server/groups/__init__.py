"""Study groups: making, editing, joining and leaving them."""
