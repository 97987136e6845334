"""Grants: signed, versioned, and asked before anything is fetched, indexed, shown or exported."""
