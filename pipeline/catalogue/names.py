"""Which stored objects the catalogue names: what nobody names is what an interrupted writer left."""

import json
from collections.abc import Iterable

from sqlalchemy import BindParameter, Connection, bindparam, exists, or_, select

from pipeline.catalogue.neighbour_tables import published_media
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.tables import acquisitions, events, highlights, stills
from pipeline.domain.events import Event
from pipeline.domain.incidents import Highlight
from pipeline.domain.retention import Leftover


def is_original_named(connection: Connection, digest: str) -> bool:
    """Whether an acquisition names the original."""
    return connection.execute(select(1).where(acquisitions.c.digest == digest).limit(1)).first() is not None


def is_derivative_named(connection: Connection, digest: str) -> bool:
    """Whether a highlight, a still, a preview, a published copy or an event between clips names the derivative."""
    asked = {"digest": digest, "quoted": f"%{json.dumps(digest)}%"}
    return bool(connection.execute(_IS_NAMED, asked).scalar())


_DIGEST: BindParameter[str] = bindparam("digest")
_QUOTED: BindParameter[str] = bindparam("quoted")
_IS_NAMED = select(
    or_(
        exists().where(stills.c.digest == _DIGEST),
        exists().where(previews.c.digest == _DIGEST),
        exists().where(published_media.c.digest == _DIGEST),
        exists().where(highlights.c.body.like(_QUOTED)),
        exists().where(events.c.comparison.is_not(None), events.c.body.like(_QUOTED)),
    )
)


def is_named(connection: Connection, kind: Leftover, digest: str) -> bool:
    """Whether something names the original, or the derivative."""
    if kind is Leftover.ORIGINAL:
        return is_original_named(connection, digest)
    return is_derivative_named(connection, digest)


def original_names(connection: Connection) -> set[str]:
    """Every original that an acquisition names."""
    return set(connection.execute(select(acquisitions.c.digest)).scalars())


def derivative_names(connection: Connection) -> set[str]:
    """Every derivative that something names. Whoever adds a table that names derivatives adds it here and above."""
    named = set(connection.execute(select(stills.c.digest)).scalars())
    named.update(connection.execute(select(previews.c.digest)).scalars())
    named.update(connection.execute(select(published_media.c.digest)).scalars())
    for body in connection.execute(select(highlights.c.body)).scalars():
        named.update(noun_from(Highlight, body).digests)
    named.update(
        pictures_of(connection.execute(select(events.c.body).where(events.c.comparison.is_not(None))).scalars())
    )
    return named


def pictures_of(bodies: Iterable[str]) -> set[str]:
    """The pictures of two clips side by side that events between clips name."""
    found = (noun_from(Event, body).since for body in bodies)
    return {since.picture for since in found if since is not None}
