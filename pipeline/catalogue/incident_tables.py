"""Tables beside incidents: what they said before, who works on them, people, suggestions turned down, approvals, jobs.

See ``tables.py`` for how a row keeps its noun.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Number, Words
from pipeline.catalogue.tables import metadata

incident_agents = Table(
    "incident_agents",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.incident_id"), primary_key=True),
    Column("agent", Words, primary_key=True, index=True),
)

incident_versions = Table(
    "incident_versions",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.incident_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("changed_by", Words, nullable=False),
    Column("body", Text, nullable=False),
)

incident_people = Table(
    "incident_people",
    metadata,
    Column("number", Number, primary_key=True),
    Column("note_id", Text, nullable=False, unique=True),
    Column("incident_id", Text, ForeignKey("incidents.incident_id"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),
)

dismissed_suggestions = Table(
    "dismissed_suggestions",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.incident_id"), primary_key=True),
    Column("highlight_id", Text, ForeignKey("highlights.highlight_id"), primary_key=True, index=True),
    Column("dismissed_at", Moment, nullable=False),
    Column("dismissed_by", Words, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("number", Number, primary_key=True),
    Column("approval_id", Text, nullable=False, unique=True),
    Column("incident_id", Text, ForeignKey("incidents.incident_id"), nullable=False, index=True),
    Column("is_decided", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)

desk_jobs = Table(
    "desk_jobs",
    metadata,
    Column("number", Number, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    Column("incident_id", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "state"),
)
