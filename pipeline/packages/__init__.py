"""Evidence packages: one incident as a bag that a stranger checks offline with standard tools, and what checks it."""
