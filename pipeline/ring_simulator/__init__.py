"""A Ring service on loopback for the demo and the tests; no part of it talks to Ring."""
