"""The tables of requests for footage; see ``tables.py`` for how a row keeps its noun."""

from sqlalchemy import Column, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Number, Words
from pipeline.catalogue.tables import metadata

footage_requests = Table(
    "footage_requests",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("state", Text, nullable=False, index=True),
    Column("written_by", Words, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

request_log = Table(
    "request_log",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("request_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("case_key", Words, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)
"""Guards of both databases refuse to change it, to take from it, and to write anywhere but at its end."""

request_answers = Table(
    "request_answers",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("request_id", Text, nullable=False, index=True),
    Column("resident_id", Text, nullable=False, index=True),
    Column("answered_at", Moment, nullable=False),
)

request_marks = Table("request_marks", metadata, Column("mark", Text, primary_key=True))
"""What a resident keeps about a request, as a keyed digest alone: no name, no request, no moment (P6)."""

request_post = Table(
    "request_post",
    metadata,
    Column("resident_id", Text, primary_key=True),
    Column("sealed_address", LargeBinary, nullable=False),
)
