"""Reports of neighbours, from the sending to the tombstone."""
