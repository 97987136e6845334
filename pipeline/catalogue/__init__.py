"""The database: tables, migrations and queries; SQLite by default, PostgreSQL by URL."""
