"""What of reports everybody may see, within a transaction: written, found by place and time, and taken off."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from pipeline.catalogue.neighbour_tables import neighbour_media, published_media, published_reports
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import acquisitions
from pipeline.domain.neighbour_reports import PublishedMedium, PublishedReport, ReportCategory
from pipeline.domain.places import Area, Bounds, Circle
from pipeline.errors import RecordNotFoundError

_PAGE = 500


def keep_copies(connection: Connection, report_id: str, media: Sequence[PublishedMedium]) -> tuple[str, ...]:
    """Writes copies that nobody sees yet, whose bytes lie in the store, in place of those that nobody sees.

    Returns:
        Digests of the copies that went.

    Raises:
        RecordNotFoundError: An original that was copied is gone.
    """
    is_hidden = (published_media.c.report_id == report_id) & published_media.c.position.is_(None)
    gone = tuple(connection.execute(select(published_media.c.digest).where(is_hidden)).scalars())
    connection.execute(delete(published_media).where(is_hidden))
    for medium in media:
        is_it = acquisitions.c.acquisition_id == medium.acquisition_id
        if connection.execute(select(1).where(is_it)).first() is None:
            raise RecordNotFoundError("acquisition", medium.acquisition_id)
        row = {
            "name": medium.name,
            "report_id": medium.report_id,
            "acquisition_id": medium.acquisition_id,
            "digest": medium.digest,
            "body": body_of(medium),
        }
        connection.execute(insert(published_media).values(**row))
    return gone


def write_published(connection: Connection, published: PublishedReport, grant_id: str) -> None:
    """Writes a report as everybody sees it, with those of its copies that it names.

    Raises:
        RecordNotFoundError: A copy that it names is none of its own, or went with its original.
    """
    latitude, longitude = published.block
    values = {
        "report_id": published.report_id,
        "category": published.category.value,
        "happened_at": published.happened_at,
        "published_at": published.published_at,
        "latitude": latitude,
        "longitude": longitude,
        "grant_id": grant_id,
        "is_open": True,
        "body": body_of(replace(published, media=())),
    }
    connection.execute(insert(published_reports).values(**values))
    for position, name in enumerate(published.media):
        is_it = (published_media.c.name == name) & (published_media.c.report_id == published.report_id)
        if connection.execute(update(published_media).where(is_it).values(position=position)).rowcount == 0:
            raise RecordNotFoundError("copy", name)


def copies_in(connection: Connection, report_id: str) -> tuple[PublishedMedium, ...]:
    """Every copy of a report, seen or not, in the order of its files; may be empty."""
    query = select(published_media.c.body).where(published_media.c.report_id == report_id)
    found = (noun_from(PublishedMedium, body) for body in connection.execute(query).scalars())
    came = select(neighbour_media.c.medium_id).where(neighbour_media.c.report_id == report_id)
    names = connection.execute(came.order_by(neighbour_media.c.number)).scalars()
    order = {name: number for number, name in enumerate(names)}
    return tuple(sorted(found, key=lambda one: (order.get(one.medium_id, len(order)), one.name)))


def close(connection: Connection, grant_id: str) -> None:
    """From now on nobody sees what was published under a grant; its rows go with what they show."""
    is_one = published_reports.c.grant_id == grant_id
    connection.execute(update(published_reports).where(is_one).values(is_open=False))


def read_published(
    connection: Connection,
    within: Circle | Area | Bounds | None,
    since: tuple[datetime | None, datetime | None],
    categories: Collection[ReportCategory] | None,
    limit: int,
    condition: ColumnElement[bool] | None = None,
) -> tuple[PublishedReport, ...]:
    """As ``NeighbourReports.published``; ``since`` is when it happened, and when it was published."""
    wanted = _wanted(within, since, categories)
    if condition is not None:
        wanted &= condition
    newest = (published_reports.c.published_at.desc(), published_reports.c.report_id)
    query = select(published_reports.c.body).where(wanted).order_by(*newest)
    found: list[PublishedReport] = []
    start = 0
    while len(found) < limit:
        bodies = connection.execute(query.offset(start).limit(_PAGE)).scalars().all()
        reports = (noun_from(PublishedReport, body) for body in bodies)
        found.extend(one for one in reports if within is None or within.contains(*one.block))
        start += _PAGE
        if len(bodies) < _PAGE:
            break
    return _with_media(connection, found[:limit])


def medium_named(connection: Connection, name: str) -> PublishedMedium:
    """A masked copy that everybody may see, by its public name.

    Raises:
        RecordNotFoundError: There is none.
    """
    joined = published_media.join(published_reports, published_reports.c.report_id == published_media.c.report_id)
    is_seen = published_media.c.position.is_not(None) & published_reports.c.is_open
    query = select(published_media.c.body).select_from(joined).where((published_media.c.name == name) & is_seen)
    body = connection.execute(query).scalar()
    if body is None:
        raise RecordNotFoundError("published copy", name)
    return noun_from(PublishedMedium, body)


def take_off(connection: Connection, report_id: str) -> bool:
    """Takes a report off the public pages, where its copies stay for another time; says whether it was on them."""
    is_one = published_media.c.report_id == report_id
    connection.execute(update(published_media).where(is_one).values(position=None))
    was_open = delete(published_reports).where(published_reports.c.report_id == report_id)
    return connection.execute(was_open).rowcount > 0


def forget_copies(connection: Connection, report_id: str) -> tuple[str, ...]:
    """Takes every copy of a report away; their digests."""
    is_one = published_media.c.report_id == report_id
    gone = tuple(connection.execute(select(published_media.c.digest).where(is_one)).scalars())
    connection.execute(delete(published_media).where(is_one))
    return gone


def _wanted(
    within: Circle | Area | Bounds | None,
    since: tuple[datetime | None, datetime | None],
    categories: Collection[ReportCategory] | None,
) -> ColumnElement[bool]:
    table, (happened, published) = published_reports.c, since
    conditions: list[ColumnElement[bool]] = [table.is_open]
    if within is not None:
        bounds = within if isinstance(within, Bounds) else within.bounds
        conditions.append(table.latitude.between(bounds.south, bounds.north))
        conditions.append(table.longitude.between(bounds.west, bounds.east))
    if happened is not None:
        conditions.append(table.happened_at >= happened)
    if published is not None:
        conditions.append(table.published_at >= published)
    if categories is not None:
        conditions.append(table.category.in_([one.value for one in categories]))
    return and_(*conditions)


def _with_media(connection: Connection, found: Sequence[PublishedReport]) -> tuple[PublishedReport, ...]:
    names: dict[str, list[str]] = {one.report_id: [] for one in found}
    query = select(published_media.c.report_id, published_media.c.name)
    is_seen = published_media.c.report_id.in_(names) & published_media.c.position.is_not(None)
    query = query.where(is_seen).order_by(published_media.c.position)
    for row in connection.execute(query):
        names[row.report_id].append(row.name)
    return tuple(replace(one, media=tuple(names[one.report_id])) for one in found)
