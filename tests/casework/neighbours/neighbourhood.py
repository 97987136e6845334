"""A neighbourhood: an agency with two areas, people who send, and files as telephones make them."""

import hashlib
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import cv2

from pipeline.casework.neighbours.sending import Receipt, Told, send_report
from pipeline.casework.neighbours.uploads import Piece, begin_upload, complete
from pipeline.domain.agents import Matter
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.neighbour_reports import NeighbourReport, ReportCategory, ReportMedium
from pipeline.night.services import Services, open_services
from pipeline.settings import AgencySettings, NightSettings, Settings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT
from tests.footage import wall, with_figure, write_clip
from tests.retention.story import Clock

STEP = (51.5001, -0.1201)
"""Where it happened: in the area North, in the beat Market."""
BEYOND = (51.2, -0.12)
"""In the neighbouring county."""
JANE = Matter("jane", PURPOSE, RECIPIENT, "26-0310")
RITA = Matter("rita", PURPOSE, RECIPIENT, "26-0310")
"""Publishes what Jane accepted."""
GPS_WORDS = b"gps: 51.5001 -0.1201"


def square(south: float, west: float, north: float, east: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def a_feature(geometry: dict[str, Any], **said: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": said, "geometry": geometry}


def areas_document() -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            a_feature(square(51.4, -0.3, 51.6, 0.1), kind="area", id="north", name="North"),
            a_feature(square(51.49, -0.13, 51.51, -0.11), kind="beat", area="north", name="Market"),
            a_feature(square(51.0, -0.3, 51.3, 0.1), kind="elsewhere", name="County police", number="555-0199"),
        ],
    }


def write_areas(folder: Path, document: object | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "areas.geojson"
    path.write_text(json.dumps(document or areas_document()), encoding="utf-8")
    return path


def neighbourly(folder: Path, **sections: Any) -> Settings:
    """Settings of an installation in ``folder`` that takes reports."""
    given = {
        "store": StoreSettings(directory=folder / "doorstep"),
        "night": NightSettings(purpose=PURPOSE, recipient=RECIPIENT),
        "agency": AgencySettings(name="Oak Street police", non_emergency_number="555-0100", areas=write_areas(folder)),
    }
    return Settings(**{**given, **sections})


@dataclass
class Neighbourhood:
    services: Services
    clock: Clock

    def tell(self, **changes: Any) -> Receipt:
        told = Told(
            ReportCategory.CRIME, self.clock.now() - timedelta(hours=3, minutes=7), STEP, "a box was taken", "", True
        )
        return send_report(self.services, replace(told, **changes))

    def send(self, report: NeighbourReport, name: str, content: bytes, declared: str = "") -> ReportMedium:
        """A file, all of it in one piece."""
        upload = begin_upload(self.services, report, name, len(content), declared).upload
        with Piece(self.services, upload, 0, hashlib.sha256(content).digest()) as piece:
            piece.write(content)
            piece.keep()
        return complete(self.services, upload)

    def actions(self) -> list[CustodyAction]:
        return [record.entry.action for record in self.services.catalogue.custody.records()]


@contextmanager
def a_neighbourhood(settings: Settings) -> Iterator[Neighbourhood]:
    clock = Clock()
    with open_services(settings, clock.now) as services:
        yield Neighbourhood(services, clock)


def suffix_of(content: bytes) -> str:
    """How a telephone would end its name."""
    return "jpg" if content.startswith(b"\xff\xd8") else "mp4"


def a_photo() -> bytes:
    """A JPEG with place and words inside, as telephones write them."""
    done, encoded = cv2.imencode(".jpg", with_figure(wall(), 320, 330))
    assert done
    return with_facts(encoded.tobytes())


def with_facts(jpeg: bytes) -> bytes:
    """The picture with EXIF that holds a place, and XMP that says it again."""
    place = struct.pack(">6I", 51, 1, 30, 1, 0, 1)
    tiff = struct.pack(">2sHIHHHIII", b"MM", 42, 8, 1, 0x8825, 4, 1, 26, 0)
    gps = struct.pack(">HHHI4sHHIII", 2, 1, 2, 2, b"N\0\0\0", 2, 5, 3, 26 + 30, 0)
    exif = b"Exif\0\0" + tiff + gps + place
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + GPS_WORDS + b"</x:xmpmeta>"
    segments = b"".join(struct.pack(">2sH", b"\xff\xe1", len(part) + 2) + part for part in (exif, xmp))
    return jpeg[:2] + segments + jpeg[2:]


def turned(jpeg: bytes, orientation: int) -> bytes:
    """The picture with the EXIF orientation (1 to 8) that a telephone writes which was held so."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + struct.pack(">2sH", b"\xff\xe1", len(exif) + 2) + exif + jpeg[2:]


def a_video(folder: Path, seconds: float = 1.5) -> bytes:
    """An MP4 with a place among its facts."""
    plain, told = folder / "plain.mp4", folder / "told.mp4"
    write_clip(plain, lambda second: with_figure(wall(), 200 + 40 * second, 330), seconds)
    with av.open(str(plain)) as source, av.open(str(told), "w", options={"movflags": "use_metadata_tags"}) as made:
        made.metadata["location"] = "+51.5001-000.1201/"
        made.metadata["comment"] = GPS_WORDS.decode()
        stream = made.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    return told.read_bytes()
