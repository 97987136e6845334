"""Sections of the operator's settings about those outside the house: neighbours who send, and whoever reads mail.

Part of ``pipeline.settings``, which is where everybody takes them from.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Section(BaseModel):
    """One section: frozen, and unknown names in it are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class NeighbourSettings(Section):
    """What neighbours may send without an account, and how it is published."""

    files_per_report: int = Field(12, ge=1, le=100, description="photos and videos of one report")
    largest_photo_megabytes: int = Field(20, ge=1, le=20, description="more is refused before a byte of it is kept")
    largest_video_megabytes: int = Field(2200, ge=1, le=65_536, description="likewise")
    waiting_gigabytes: float = Field(20.0, gt=0, le=10_000, description="all files that nobody decided about yet")
    reports_per_hour: int = Field(6, ge=1, le=10_000, description="from one address")
    uploads_per_hour: int = Field(60, ge=1, le=10_000, description="files begun from one address")
    codes_per_hour: int = Field(30, ge=1, le=10_000, description="codes of receipts tried from one address")
    upload_hours: float = Field(24.0, gt=0, le=168, description="an upload unused for so long is swept away")
    consent_days: int = Field(90, ge=1, le=3650, description="a sender's consent ends so long after sending")
    oldest_days: int = Field(60, ge=1, le=3650, description="what happened longer ago is not taken")
    block_metres: float = Field(150.0, ge=50, le=2000, description="grid to whose middle published places are moved")
    published_seconds: float = Field(60.0, ge=1, le=600, description="of a video; the rest stays unpublished")
    published_days: int = Field(30, ge=1, le=3650, description="a report is public for so long")


class NearSettings(Section):
    """What everybody sees of the reports around a place, and how a place is found (docs/neighbours.md)."""

    streets: Path | None = Field(
        None, description="GeoJSON of streets and places: drawn below the map, found by name; default: plain paper"
    )
    start: tuple[float, float] | None = Field(
        None, description="latitude and longitude at which the map begins; default: the middle of areas or streets"
    )
    radius_metres: float = Field(800.0, ge=100, le=20_000, description="around a place, until somebody chooses another")
    days: int = Field(30, ge=1, le=366, description="how far back, until somebody chooses otherwise")
    most_reports: int = Field(200, ge=10, le=1000, description="on one page, in one feed or mail; the newest")
    asks_per_minute: int = Field(60, ge=5, le=10_000, description="of one address, of places, feeds and cards each")
    postcode_countries: tuple[str, ...] = Field(
        ("US",), description="whose postal codes are understood, ISO 3166 alpha-2"
    )
    geocoder_url: str | None = Field(
        None,
        pattern=r"^(https://[\w.:-]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[\w./-]*)?$",
        description="address service that speaks as Nominatim; default: none, and no address leaves the house",
    )
    geocoder_contact: str = Field(
        "", max_length=100, pattern=r"^[\x20-\x7e]*$", description="how its operator reaches you; its policy asks"
    )
    geocoder_per_minute: float = Field(60.0, gt=0, le=6000, description="asked of it at most; Nominatim's policy: 60")
    geocoder_timeout_seconds: float = Field(5.0, gt=0, le=60, description="patience with it")
    geocoder_keeps_hours: float = Field(24.0, gt=0, le=720, description="its answers are kept in memory")
    geocoder_keeps: int = Field(2000, ge=0, le=100_000, description="how many answers")


class MailSettings(Section):
    """How mail leaves the house: mornings as counts, and residents' links to sign in; by default nothing is mailed."""

    host: str | None = Field(None, description="SMTP server; default: none, and no mail is sent")
    port: int = Field(587, ge=1, le=65535, description="of the SMTP server")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="none only to a server on loopback")
    certificate_authority: Path | None = Field(
        None, description="PEM that vouches for the server; default: the system's"
    )
    user: str | None = Field(None, description="who signs in at the server; default: nobody does")
    password: SecretStr | None = Field(None, description="of that user; never sent without TLS")
    sender: str | None = Field(None, description="address that the mail comes from")
    recipients: tuple[str, ...] = Field((), description="addresses that read the morning; none: no morning is mailed")
    outbox: Path | None = Field(None, description="folder that takes each mail as a file, besides or without a server")
    desk_url: str = Field("", description="what links in the mail begin with, for example https://desk.example.org")
    timeout_seconds: float = Field(30.0, gt=0, le=300, description="patience with the server at each step")
    days: int = Field(7, ge=1, le=30, description="after which a mail that could not be sent is given up")

    @property
    def is_on(self) -> bool:
        """Whether anything is mailed at all."""
        return self.host is not None or self.outbox is not None

    @property
    def has_mornings(self) -> bool:
        """Whether mornings are mailed."""
        return self.is_on and bool(self.recipients)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.is_on:
            return self
        if not self.sender:
            raise ValueError("a mail needs a SENDER")
        if self.host and self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError("SECURITY none is only for a server on loopback")
        if (self.user is None) != (self.password is None):
            raise ValueError("USER and PASSWORD come together")
        if self.user and self.security == "none":
            raise ValueError("a PASSWORD is not sent without TLS")
        return self


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class RingPartnerSettings(Section):
    """Ring's official partner interface as a second way to residents' cameras; off until the three secrets are set."""

    client_id: str | None = Field(None, min_length=1, description="of the app in Ring's developer console")
    client_secret: SecretStr | None = Field(None, description="of the app; shown once when it is made")
    signing_key: SecretStr | None = Field(None, description="HMAC signature key of the app: links and webhooks")
    app_name: str = Field("Doorstep", min_length=1, description="what residents look for in Ring's app store")
    connect_to: str | None = Field(None, description="host:port that answers for the interface (the simulator)")
    certificate_authority: Path | None = Field(None, description="PEM that vouches for connect_to")
    time_zone: str = Field("UTC", description="IANA name of its cameras' zone; the interface does not tell it")
    sound: bool = Field(False, description="ask for sound; what is fetched without it never has any")
    calls_per_minute: float = Field(120.0, gt=0, le=6000, description="over all calls of this process")
    calls_burst: int = Field(10, ge=1, le=100, description="calls that may follow each other at once")
    timeout_seconds: float = Field(30.0, gt=0, le=600, description="for one call")
    download_timeout_seconds: float = Field(120.0, gt=0, le=3600, description="for one recording")
    not_ready_pauses_seconds: tuple[float, ...] = Field(
        (0.0, 10.0, 30.0, 60.0), description="before each try for a recording that is not ready"
    )
    throttle_patience_seconds: float = Field(300.0, ge=0, le=3600, description="longest Retry-After that is obeyed")
    largest_recording_megabytes: int = Field(512, ge=1, le=8192, description="more is refused")
    most_pages: int = Field(500, ge=1, le=10_000, description="of one camera's history that are read at one time")
    unclaimed_hours: float = Field(24.0, gt=0, le=72, description="a token that nobody claims is kept for so long")
    webhook_kilobytes: int = Field(64, ge=4, le=1024, description="of one webhook's body")
    webhook_hours: float = Field(75.0, ge=2, le=168, description="a webhook sent earlier is refused; Ring replays 72")
    codes_per_minute: int = Field(60, ge=1, le=10_000, description="codes from Ring that are exchanged; each asks Ring")

    @property
    def is_on(self) -> bool:
        """Whether the interface is spoken with at all."""
        return self.client_id is not None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {self.client_id is None, self.client_secret is None, self.signing_key is None}
        if len(given) > 1:
            raise ValueError("CLIENT_ID, CLIENT_SECRET and SIGNING_KEY come together")
        return self
