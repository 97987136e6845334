"""Sources of clips, and the fetching of what a grant covers; every outcome is a type."""
