"""What the ledger concludes: a claim's standing, and its verdict."""
