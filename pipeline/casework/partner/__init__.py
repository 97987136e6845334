"""Ring's partner interface: whose account it is, and what follows from what Ring tells by itself."""
