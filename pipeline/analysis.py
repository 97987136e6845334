"""One clip through all stages that look at it."""
