"""Projects: their people, tasks, deadlines, log and links, and the ledger of claims and results."""
