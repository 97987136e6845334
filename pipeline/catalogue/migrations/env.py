"""What Alembic runs: the migrations, on the connection and in the transaction of whoever opens the catalogue."""

from alembic import context

from pipeline.catalogue.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
