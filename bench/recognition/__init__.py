"""Recognition, measured: our analysis and plainer ways to do it, on clips whose truth is known."""
