"""The features of Cohort, one folder each; only here does a feature meet Discord."""
