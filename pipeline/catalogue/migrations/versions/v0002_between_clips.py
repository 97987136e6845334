"""Still pictures at the ends of clips, comparisons of them, and the events that those found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes two tables, and a column that is empty for every event within a clip."""
    _make_stills()
    _make_comparisons()
    op.add_column("events", sa.Column("comparison", NUMBER, nullable=True))
    op.create_index(op.f("ix_events_comparison"), "events", ["comparison"])


def _make_stills() -> None:
    op.create_table(
        "stills",
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("model_digest", sa.Text(), nullable=False),
        sa.Column("settings_digest", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_stills_acquisition_id")
        ),
        sa.PrimaryKeyConstraint("acquisition_id", "model_digest", "settings_digest", "side", name=op.f("pk_stills")),
    )
    op.create_index(op.f("ix_stills_camera_id_starts_at"), "stills", ["camera_id", "starts_at"])
    op.create_index(op.f("ix_stills_digest"), "stills", ["digest"])


def _make_comparisons() -> None:
    op.create_table(
        "comparisons",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("earlier", sa.Text(), nullable=False),
        sa.Column("later", sa.Text(), nullable=False),
        sa.Column("model_digest", sa.Text(), nullable=False),
        sa.Column("settings_digest", sa.Text(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("compared_at", MOMENT, nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["acquisitions.acquisition_id"], name=op.f(f"fk_comparisons_{name}"))
            for name in ("earlier", "later")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_comparisons")),
        sa.UniqueConstraint(
            "earlier",
            "later",
            "model_digest",
            "settings_digest",
            name=op.f("uq_comparisons_earlier_later_model_digest_settings_digest"),
        ),
    )
    for name in ("earlier", "later"):
        op.create_index(op.f(f"ix_comparisons_{name}"), "comparisons", [name])
