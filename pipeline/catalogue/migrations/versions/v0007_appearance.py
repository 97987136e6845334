"""Colours that events show, and vectors of things."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes two tables; both are filled by looking at a clip again, so nothing is carried over."""
    op.create_table(
        "event_colours",
        sa.Column("analysis", NUMBER, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.number"], name=op.f("fk_event_colours_analysis")),
        sa.PrimaryKeyConstraint("analysis", "event_id", "track_id", "part", "colour", name=op.f("pk_event_colours")),
    )
    op.create_index(op.f("ix_event_colours_colour_part_score"), "event_colours", ["colour", "part", "score"])
    op.create_index(op.f("ix_event_colours_event_id"), "event_colours", ["event_id"])
    op.create_table(
        "thing_vectors",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Integer()),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("object_class", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_pts", sa.BigInteger(), nullable=False),
        sa.Column("at_time_base", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_thing_vectors_acquisition_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_thing_vectors")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_thing_vectors_acquisition_id"), "thing_vectors", ["acquisition_id"])
    op.create_index(op.f("ix_thing_vectors_event_id"), "thing_vectors", ["event_id"])
    op.create_index(op.f("ix_thing_vectors_model_id_number"), "thing_vectors", ["model_id", "number"])
