"""Every operator setting: frozen, bounded, with its unit. Built only at an edge (the command line, the flows).

A setting's variable is ``DOORSTEP_<SECTION>__<NAME>``, for example ``DOORSTEP_NIGHT__DEADLINE_MINUTES=300``.
"""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.outside_settings import MailSettings as MailSettings
from pipeline.outside_settings import NearSettings as NearSettings
from pipeline.outside_settings import NeighbourSettings as NeighbourSettings
from pipeline.outside_settings import RingPartnerSettings as RingPartnerSettings
from pipeline.outside_settings import Section


class StoreSettings(Section):
    """Where originals, derivatives, keys and the catalogue lie."""

    directory: Path = Field(
        default_factory=lambda: user_data_path("doorstep"), description="everything that is not given by URL below"
    )
    database_url: SecretStr | None = Field(None, description="SQLAlchemy URL; default: SQLite in the directory")
    objects_url: str | None = Field(None, description="s3://bucket/prefix; default: a folder in the directory")
    s3_endpoint: str | None = Field(None, description="S3-compatible endpoint, for example a server on loopback")
    database_wait_seconds: float = Field(30.0, gt=0, le=600, description="patience with a locked database")
    free_megabytes: int = Field(512, ge=16, description="the night stops fetching below this much free disk")
    checkpoint_directory: Path | None = Field(None, description="second place for signed custody heads")


class RingSettings(Section):
    """How we speak with Ring."""

    user_agent: str = Field("doorstep", min_length=1, description="shown in the resident's list of devices")
    connect_to: str | None = Field(None, description="host:port that answers for every Ring host (the simulator)")
    certificate_authority: Path | None = Field(None, description="PEM that vouches for connect_to")
    calls_per_minute: float = Field(60.0, gt=0, le=600, description="over all calls of this process")
    calls_burst: int = Field(10, ge=1, le=100, description="calls that may follow each other at once")
    timeout_seconds: float = Field(30.0, gt=0, le=600, description="for one call")
    download_timeout_seconds: float = Field(120.0, gt=0, le=3600, description="for one recording")
    not_ready_pauses_seconds: tuple[float, ...] = Field(
        (0.0, 10.0, 15.0, 30.0, 60.0, 120.0), description="before each try for a recording that is not ready"
    )
    throttle_patience_seconds: float = Field(300.0, ge=0, le=3600, description="longest Retry-After that is obeyed")
    largest_recording_megabytes: int = Field(512, ge=1, le=8192, description="more is refused")
    page_size: int = Field(100, ge=1, le=100, description="history entries a page; Ring gives at most 100")


class SamplingSettings(Section):
    """Which frames are looked at, and what a foreign file may cost."""

    frames_per_second: float = Field(2.0, gt=0, le=30, description="looked at while something moves")
    idle_seconds: float = Field(2.0, gt=0, le=30, description="longest time between two looks at a still scene")
    working_width: int = Field(640, ge=160, le=1920, description="longer side of a sampled frame, pixels")
    largest_pixels: int = Field(9_437_184, ge=10_000, description="width x height that is still decoded")
    longest_seconds: float = Field(600.0, gt=0, description="of one clip; the rest is recorded as not looked at")
    most_streams: int = Field(8, ge=1, description="streams of one file")
    memory_megabytes: int = Field(2048, ge=256, description="address space of the decoding child")
    cpu_seconds: float = Field(600.0, gt=0, description="CPU time of the decoding child")
    wall_seconds: float = Field(900.0, gt=0, description="patience with the decoding child")


class DetectionSettings(Section):
    """Which model looks, and how."""

    model: str | None = Field(None, description="name in the manifest; default: the best that is here")
    confidence: float = Field(0.35, ge=0, le=1, description="detections below are dropped")
    threads: int = Field(1, ge=1, le=64, description="of one inference")


class ModelSettings(Section):
    """Where weights that the operator pulled lie."""

    directory: Path | None = Field(None, description="folder of pulled models; default: models/ in the store")


class EventSettings(Section):
    """Operating points of the event rules."""

    loitering_seconds: float = Field(15.0, gt=0, description="presence of one person that counts as loitering")
    stopped_seconds: float = Field(5.0, gt=0, description="a vehicle's standstill that counts as stopping")
    visit_gap_seconds: float = Field(3.0, gt=0, description="absence that still belongs to one visit")
    least_score: float = Field(0.35, ge=0, le=1, description="events below are not written")


class HighlightSettings(Section):
    """How highlights are cut."""

    padding_seconds: float = Field(2.0, ge=0, le=60, description="before and after the events")
    join_seconds: float = Field(5.0, ge=0, le=600, description="events closer than this share a highlight")
    longest_seconds: float = Field(120.0, gt=0, description="of one highlight; longer ones are cut at the end")
    width: int = Field(1280, ge=320, le=3840, description="pixels; never above the original's")
    crf: int = Field(23, ge=0, le=51, description="x264 quality; lower is better and larger")
    memory_megabytes: int = Field(2048, ge=256, description="address space of the cutting child")
    wall_seconds: float = Field(900.0, gt=0, description="patience with the cutting child")


class RedactionSettings(Section):
    """How a copy that is shared hides people who are not part of its event."""

    frames_per_second: float = Field(8.0, gt=0, le=60, description="looked at for people in the span of a highlight")
    working_width: int = Field(640, ge=160, le=1920, description="longer side of a picture looked at, pixels")
    parts: int = Field(1, ge=1, le=6, description="overlapping upright parts looked at besides the whole; 1: none")
    confidence: float = Field(0.25, ge=0.01, le=1, description="detections from here on are followed")
    sure: float = Field(0.4, ge=0.01, le=1, description="a person is masked when one sighting is this sure")
    margin: float = Field(0.1, ge=0, le=1, description="share of its height by which a mask is grown on each side")
    bridge_seconds: float = Field(2.0, ge=0, le=30, description="out of sight for this long, and still masked")
    extend_seconds: float = Field(1.0, ge=0, le=30, description="masked before the first and after the last sight")


class SealSettings(Section):
    """How C2PA seals are read and made; only where the extra ``c2pa`` is installed."""

    trust_anchors: Path | None = Field(None, description="PEM of the roots whose seals count as trusted")
    memory_megabytes: int = Field(1024, ge=256, description="address space of the sealing child")
    wall_seconds: float = Field(30.0, gt=0, le=600, description="patience with the sealing child")
    largest_megabytes: int = Field(2048, ge=1, description="of a file whose seal is read or that is sealed")


class NightSettings(Section):
    """How a night runs."""

    time_zone: str = Field("UTC", description="IANA name in which a night's date is read")
    starts_at_hour: int = Field(1, ge=0, le=23, description="the schedule of flows/serve.py")
    look_back_days: int = Field(30, ge=1, le=180, description="oldest footage that a night still fetches")
    deadline_minutes: float = Field(360.0, gt=0, description="after which what is left waits for the next night")
    workers: int = Field(0, ge=0, le=64, description="analysing processes; 0: cores over threads of an inference")
    batch_size: int = Field(10, ge=1, le=200, description="clips a task")
    lease_seconds: float = Field(120.0, gt=5, description="after which a silent night counts as dead")
    purpose: str = Field("incident investigation", min_length=1, description="what grants are asked for")
    recipient: str = Field("police department", min_length=1, description="who would receive what is fetched")


class RetentionSettings(Section):
    """How long originals, and all that was made of them, are kept. The longest of those that apply counts."""

    without_events_days: int = Field(14, ge=1, le=3650, description="nothing was found in it; from the fetch")
    not_looked_at_days: int = Field(30, ge=1, le=3650, description="no analysis came to a result; from the fetch")
    with_events_days: int = Field(30, ge=1, le=3650, description="it has events; from the fetch")
    uploaded_days: int = Field(30, ge=1, le=3650, description="a clip that somebody brought; from the upload")
    open_incident_days: int = Field(365, ge=1, le=3650, description="of an open incident; from the last attachment")
    closed_incident_days: int = Field(90, ge=1, le=3650, description="of a closed incident; from the closing")
    declined_report_days: int = Field(7, ge=0, le=365, description="a declined report; from the decision")
    undecided_report_days: int = Field(30, ge=1, le=365, description="a report nobody decided about; from the sending")
    after_grant_days: int = Field(7, ge=0, le=365, description="no grant covers it any more; from the grant's end")


class FixitySettings(Section):
    """How often stored objects are checked. Presence is checked each time."""

    size_every_days: int = Field(7, ge=1, le=366, description="sizes of all objects")
    digest_within_days: int = Field(30, ge=1, le=366, description="in which every object is hashed again, in slices")


class PackageSettings(Section):
    """Who vouches for evidence packages besides our own key; nobody by default."""

    certificate: Path | None = Field(None, description="PEM for a CMS signature: the operator's, then up to the root")
    key: Path | None = Field(None, description="its private key, PEM, ECDSA or RSA, readable by its owner alone")
    stamp_url: str | None = Field(None, description="RFC 3161 authority (https); it learns a digest and nothing else")


class WebSettings(Section):
    """How the desk is served, and how agents sign in."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen at; beyond loopback needs public_url")
    port: int = Field(8020, ge=0, le=65535, description="to listen at; 0 takes a free one")
    public_url: str | None = Field(
        None, pattern=r"^https?://[^/?#@\s]+$", description="as browsers see the desk; default: where it listens"
    )
    proxies: tuple[str, ...] = Field((), description="addresses of reverse proxies whose X-Forwarded-For is believed")
    secure_cookies: bool = Field(True, description="false only for a browser that refuses them on plain loopback")
    session_idle_minutes: int = Field(60, ge=5, le=1440, description="a session unused for so long ends")
    session_hours: float = Field(12.0, gt=0, le=168, description="a session ends after so long in any case")
    second_factor: bool = Field(True, description="every agent needs a one-time code besides the password")
    sign_in_tries: int = Field(5, ge=1, le=100, description="that may fail before the first pause of 30 seconds")
    longest_pause_minutes: float = Field(15.0, gt=0, le=1440, description="up to which a pause doubles each time")
    sign_ins_per_minute: int = Field(60, ge=1, le=10_000, description="looked at, from all addresses together")
    token_days: int = Field(90, ge=1, le=366, description="longest life of a program's token")
    largest_request_kilobytes: int = Field(1024, ge=16, le=65_536, description="of a form or a JSON body")
    largest_upload_megabytes: int = Field(512, ge=1, le=8192, description="of a clip that is uploaded at the desk")
    map_tiles_url: str | None = Field(
        None,
        pattern=r"^https?://[\w.-]+(:\d+)?/[\w./@-]*\{z\}/\{x\}/\{y\}[\w./@?=&-]*$",
        description="tiles below the maps, with {z}/{x}/{y}; default: none, and no address leaves the desk",
    )


class HomeSettings(Section):
    """How residents sign in at home."""

    is_open: bool = Field(True, description="whoever has a mail address may make an account; false: the operator does")
    link_minutes: int = Field(20, ge=5, le=1440, description="a link that signs in is good for so long, and once")
    links_at_once: int = Field(3, ge=1, le=20, description="links to one mail address that are good at a time")
    links_per_hour: int = Field(20, ge=1, le=1000, description="links that one network address may ask for")
    session_days: int = Field(30, ge=1, le=366, description="a session ends after so long in any case")
    session_idle_days: int = Field(7, ge=1, le=366, description="a session unused for so long ends")


class IncidentSettings(Section):
    """How incidents leave the house."""

    export_needs_approval: bool = Field(True, description="a package needs a second person's approval of its content")


class SearchSettings(Section):
    """Which of the events that are found are one visit: one thing to watch (docs/adr/0027)."""

    gap_seconds: float = Field(60.0, ge=0, le=600, description="at most between two events of one camera's visit")
    longest_minutes: float = Field(15.0, gt=0, le=120, description="of a visit; on a busy street all would be one")
    near_metres: float = Field(60.0, ge=0, le=1000, description="between cameras that may see the same visit")


class AgencySettings(Section):
    """What stands on every report."""

    name: str = Field("the agency that runs this installation", min_length=1, description="as on a letterhead")
    non_emergency_number: str = Field(
        "not set: DOORSTEP_AGENCY__NON_EMERGENCY_NUMBER", min_length=1, description="where a reader can call"
    )
    areas: Path | None = Field(
        None, description="GeoJSON of its areas and beats; default: none, and no report of a neighbour is taken"
    )
    names_agents: bool = Field(False, description="residents read who looked by name; otherwise by agency and role")
    emergency_number: str = Field("911", min_length=1, description="named in the notice that this is no such service")
    other_recipients: tuple[str, ...] = Field(
        (), description="names under which residents grant to this agency, besides the recipient of the night"
    )


class Settings(BaseSettings):
    """All sections; unknown names inside a section are refused."""

    model_config = SettingsConfigDict(
        env_prefix="DOORSTEP_", env_nested_delimiter="__", frozen=True, extra="forbid", validate_default=True
    )

    store: StoreSettings = StoreSettings()
    ring: RingSettings = RingSettings()
    partner: RingPartnerSettings = RingPartnerSettings()
    sampling: SamplingSettings = SamplingSettings()
    detection: DetectionSettings = DetectionSettings()
    models: ModelSettings = ModelSettings()
    events: EventSettings = EventSettings()
    highlights: HighlightSettings = HighlightSettings()
    redaction: RedactionSettings = RedactionSettings()
    seals: SealSettings = SealSettings()
    night: NightSettings = NightSettings()
    incidents: IncidentSettings = IncidentSettings()
    packages: PackageSettings = PackageSettings()
    web: WebSettings = WebSettings()
    home: HomeSettings = HomeSettings()
    agency: AgencySettings = AgencySettings()
    retention: RetentionSettings = RetentionSettings()
    fixity: FixitySettings = FixitySettings()
    search: SearchSettings = SearchSettings()
    neighbours: NeighbourSettings = NeighbourSettings()
    mail: MailSettings = MailSettings()
    near: NearSettings = NearSettings()
