"""Colours that are said together become a number with a name and lead to their rows; indexes of two columns."""

from itertools import product

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0022"

ASKED = (
    "ends_at", "slack", "camera", "kind", "outcome", "slot", "minute", "score", "zone", "objects", "words", "colours",
    "tag", "is_between",
)  # fmt: skip
PARTIAL = ("outcome", "zone", "tag")
PARTS = ("upper", "lower", "vehicle")
COLOURS = (
    "black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "beige",
)  # fmt: skip
BITS = tuple(f"{colour}:{part}" for part, colour in product(PARTS, COLOURS))
"""What the bits of the column stood for, the lowest first."""

INDEX = sa.table("event_index", sa.column("colours"))
VALUES = sa.table("index_values", *map(sa.column, ("family", "code", "name", "events")))


def upgrade() -> None:
    """Writes a number in place of the bits; all indexes have the column, and are quicker made anew."""
    for by in ("camera", "kind", "slot", "objects", "words", *PARTIAL, "time", "score"):
        op.drop_index(f"ix_event_index_by_{by}", "event_index")
    _give_numbers()
    for by in ("camera", "kind", "slot", "objects", "words", *PARTIAL, "colours"):
        rest = [name for name in ASKED if name != by]
        where = sa.text(f"{by} <> 0") if by in (*PARTIAL, "colours") else None
        columns = [by, "starts_at", "number", *rest]
        op.create_index(f"ix_event_index_by_{by}", "event_index", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_event_index_by_time", "event_index", ["starts_at", "number", *ASKED])
    _make_of_two("kind", "score", "number")
    _make_of_two("camera", "kind", "starts_at", "number")
    _make_of_two("kind", "slot", "starts_at", "number")
    op.execute("UPDATE index_state SET version = version + 1")


def _make_of_two(first: str, second: str, *rest: str) -> None:
    named = (first, second, *rest)
    others = [name for name in (*ASKED, "starts_at") if name not in named]
    op.create_index(f"ix_event_index_by_{first}_{second}", "event_index", [*named, *others])


def _give_numbers() -> None:
    connection = op.get_bind()
    counted = sa.select(INDEX.c.colours, sa.func.count().label("events")).group_by(INDEX.c.colours)
    found = {row.colours: row.events for row in connection.execute(counted)}
    if not found:
        return
    numbers = {0: 0, **{bits: number for number, bits in enumerate(sorted(set(found) - {0}), start=1)}}
    names = op.create_table(
        "colour_numbers",
        sa.Column("bits", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    for bits, number in numbers.items():
        name = "|".join(sorted(said for place, said in enumerate(BITS) if bits >> place & 1))
        connection.execute(sa.insert(names).values(bits=bits, number=number))
        row = {"family": "colours", "code": number, "name": name, "events": found.get(bits, 0)}
        connection.execute(sa.insert(VALUES).values(**row))
    number_of = sa.select(names.c.number).where(names.c.bits == INDEX.c.colours).scalar_subquery()
    connection.execute(sa.update(INDEX).where(INDEX.c.colours != 0).values(colours=number_of))
    op.drop_table("colour_numbers")
