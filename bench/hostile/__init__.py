"""Files made to break whoever opens them, and a night that is made to open them all."""
