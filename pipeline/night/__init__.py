"""One night without an orchestrator: the ledger, and each step as a plain function that can be run again."""
