"""The night on the sample clips: two simulated households, four cameras, one incident."""
