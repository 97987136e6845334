"""Cut plans from events, and their rendering as derivatives with recipes."""
