"""How quickly a town of a million clips and ten million events is searched, on SQLite and on PostgreSQL."""
