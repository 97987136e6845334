"""Packages that left the house, and the acquisitions inside."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes two tables. They name acquisitions without a foreign key: a disclosure outlives what it names."""
    op.create_table(
        "disclosures",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_disclosures")),
    )
    op.create_index(op.f("ix_disclosures_incident_id"), "disclosures", ["incident_id"])
    op.create_table(
        "disclosed_clips",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["disclosures.package_id"], name=op.f("fk_disclosed_clips_package_id")),
        sa.PrimaryKeyConstraint("package_id", "acquisition_id", name=op.f("pk_disclosed_clips")),
    )
    op.create_index(op.f("ix_disclosed_clips_acquisition_id"), "disclosed_clips", ["acquisition_id"])
