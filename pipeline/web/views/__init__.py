"""What pages show, in words: from what the casework found to what a template puts in its places. Pure."""
