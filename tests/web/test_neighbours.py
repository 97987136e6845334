"""Reports over the wire: sent, cut, come back to, decided on at the desk, seen by everybody, taken back."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.domain.agents import Role
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.neighbour_reports import ReportState
from pipeline.settings import AgencySettings, NeighbourSettings, NightSettings, Settings, StoreSettings, WebSettings
from tests.casework.neighbours.neighbourhood import GPS_WORDS, a_photo, a_video, write_areas
from tests.retention.story import a_town
from tests.web.desk import ADDRESS, Browser, Desk, a_desk

TUS = {"Tus-Resumable": "1.0.0"}
CODE = re.compile(r"NR-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        store=StoreSettings(directory=tmp_path / "doorstep"),
        web=WebSettings(public_url=ADDRESS, second_factor=False),
        night=NightSettings(purpose="package theft", recipient="Oak Street police"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100", areas=write_areas(tmp_path)),
        neighbours=NeighbourSettings(reports_per_hour=3, codes_per_hour=12),
    )


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with a_town(settings) as town, a_desk(town) as made:
        yield made


@pytest.fixture(scope="module")
def photo() -> bytes:
    return a_photo()


def told(desk: Desk, **changes: str) -> dict[str, str]:
    happened = desk.now.isoformat()
    given = {"category": "crime", "happened": happened, "latitude": "51.5001", "longitude": "-0.1201"}
    return {**given, "words": "a box was taken", "may_publish": "true", **changes}


def a_neighbour(desk: Desk) -> Browser:
    browser = desk.browser()
    browser.csrf = browser.get("/near/token").json()["csrf"]
    return browser


def sent(desk: Desk, browser: Browser, **changes: str) -> str:
    answer = browser.api("POST", "/near/report", data=told(desk, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def begin(browser: Browser, code: str, name: str, size: int, kind: str = "image/jpeg") -> httpx.Response:
    said = {"receipt": code, "filename": name, "filetype": kind}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    return browser.api("POST", "/near/uploads", headers=headers)


def patch(browser: Browser, url: str, offset: int, content: bytes, **more: str) -> httpx.Response:
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **more}
    return browser.api("PATCH", url, content=content, headers=headers)


def upload(browser: Browser, code: str, name: str, content: bytes) -> httpx.Response:
    url = begin(browser, code, name, len(content)).headers["location"]
    return patch(browser, url, 0, content)


def checksum(content: bytes) -> str:
    return f"sha256 {base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def receipt(browser: Browser, code: str) -> httpx.Response:
    return browser.post("/near/return", {"code": code})


def test_a_report_goes_from_the_form_to_everybody_and_back(desk: Desk, photo: bytes) -> None:
    browser = a_neighbour(desk)
    code = sent(desk, browser, contact="me@example.org")
    assert upload(browser, code, "photo.jpg", photo).status_code == 204
    assert "nobody decided yet" in receipt(browser, code).text
    jane = desk.client()
    (report_id,) = set(re.findall(r"/triage/(nr-[0-9a-f]{12})", jane.get("/triage").text))
    page = jane.get(f"/triage/{report_id}").text
    assert '<a href="/triage" aria-current="page">' in page
    assert "me@example.org" not in page
    (picture,) = re.findall(rf"/triage/{report_id}/files/nm-[0-9a-f]+/0", page)
    assert jane.get(picture).content[:2] == b"\xff\xd8"
    assert "me@example.org" in jane.post(f"/triage/{report_id}/contact").text
    assert jane.post(f"/triage/{report_id}/accept", {"reason": "it shows it", "incident": "new"}).status_code == 303
    assert len(desk.services.catalogue.incidents.live()) == 1
    jane.get(f"/triage/{report_id}")
    assert jane.post(f"/triage/{report_id}/copies").status_code == 303
    desk.app.state.desk.jobs.finish()
    assert "Another person publishes it." in jane.get(f"/triage/{report_id}").text
    rita = desk.client(Role.SUPERVISOR)
    (name,) = re.findall(r'name="copy" value="(pm-[^"]+)"', rita.get(f"/triage/{report_id}").text)
    assert browser.get(f"/near/media/{name}").status_code == 404
    assert "Everybody would read" in rita.post(f"/triage/{report_id}/publish", {"words": "ask Mrs Brown"}).text
    publication = {"words": "A box was taken.", "copy": name}
    assert "another person looks at it" in jane.post(f"/triage/{report_id}/publish", publication).text
    assert rita.post(f"/triage/{report_id}/publish", publication).status_code == 303
    seen = browser.get(f"/near/media/{name}")
    assert (seen.status_code, seen.headers["content-type"], seen.headers["cache-control"]) == (
        200,
        "image/jpeg",
        "no-store",
    )
    assert GPS_WORDS not in seen.content
    assert b"Exif" not in seen.content
    (published,) = desk.services.catalogue.neighbour_reports.published()
    assert published.words == "A box was taken."
    receipt(browser, code)
    gone = browser.post("/near/return/take-back", {"code": code, "sure": "true"}).text
    assert "took it back" in gone
    assert browser.get(f"/near/media/{name}").status_code == 404
    assert desk.services.catalogue.neighbour_reports.published() == ()
    assert desk.services.catalogue.clips.list() == ()
    assert jane.get(f"/triage/{report_id}").status_code == 404
    assert "took it back" in receipt(browser, code).text


def test_a_page_without_script_gives_a_receipt_too(desk: Desk) -> None:
    browser = desk.browser()
    browser.get("/near/report")
    page = browser.post("/near/report", told(desk))
    (code,) = set(CODE.findall(page.text))
    assert "only way back" in page.text
    assert "received" in receipt(browser, code).text
    again = browser.post("/near/report", told(desk, latitude="", words="kept words"))
    assert again.status_code == 422
    assert "Say where it happened" in again.text
    assert "kept words" in again.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"latitude": "51.2"}, "County police: 555-0199"),
        ({"latitude": "0", "longitude": "0"}, "the police of that place"),
        ({"latitude": "", "longitude": "", "where": "zzzz"}, "nobody here knows that place"),
        ({"latitude": "nan"}, "no coordinates"),
        ({"latitude": "95"}, "no coordinates"),
        ({"happened": "yesterday"}, "say when"),
        ({"happened": "2099-01-01T00:00"}, "lies in the future"),
        ({"category": "gossip"}, "category"),
    ],
)
def test_what_cannot_be_taken_says_why_and_nothing_is_kept(desk: Desk, changes: dict[str, str], words: str) -> None:
    answer = a_neighbour(desk).api("POST", "/near/report", data=told(desk, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert desk.records(CustodyAction.REPORT_RECEIVED) == []


def test_a_place_is_said_in_words_too(desk: Desk) -> None:
    sent(desk, a_neighbour(desk), latitude="", longitude="", where="51.5001, -0.1201")
    (report,) = desk.services.catalogue.neighbour_reports.list(tuple(ReportState))
    assert report.place == pytest.approx((51.5001, -0.1201))


def test_an_upload_that_is_cut_and_damaged_arrives_whole(desk: Desk, photo: bytes) -> None:
    browser = a_neighbour(desk)
    code = sent(desk, browser)
    begun = begin(browser, code, "photo.jpg", len(photo))
    assert begun.status_code == 201
    url = begun.headers["location"]
    assert patch(browser, url, 0, photo[:1000], **{"Upload-Checksum": checksum(photo[:1000])}).status_code == 204
    damaged = patch(browser, url, 1000, photo[1000:2000], **{"Upload-Checksum": checksum(b"else")})
    assert (damaged.status_code, damaged.headers["upload-offset"]) == (460, "1000")
    gap = patch(browser, url, 1500, photo[1500:])
    assert (gap.status_code, gap.headers["upload-offset"]) == (409, "1000")
    head = browser.http.head(url, headers=TUS)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("1000", str(len(photo)))
    assert patch(browser, url, 1000, photo[1000:]).headers["upload-offset"] == str(len(photo))
    assert browser.http.head(url, headers=TUS).headers["upload-offset"] == str(len(photo))
    (medium,) = desk.services.catalogue.neighbour_files.of_report(_report_id(desk))
    assert medium.digest == hashlib.sha256(photo).hexdigest()


def _report_id(desk: Desk) -> str:
    return desk.records(CustodyAction.REPORT_RECEIVED)[-1].entry.subject


def test_the_protocol_is_spoken_as_it_is_written(desk: Desk, photo: bytes) -> None:
    browser = a_neighbour(desk)
    code = sent(desk, browser)
    spoken = browser.http.options("/near/uploads")
    assert spoken.headers["tus-extension"] == "creation,termination,expiration,checksum"
    assert int(spoken.headers["tus-max-size"]) == 2200 << 20
    url = begin(browser, code, "photo.jpg", len(photo)).headers["location"]
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"Tus-Resumable": "0.2.2"}, 422),
        ({"Upload-Offset": "x"}, 422),
        ({"Content-Type": "image/jpeg"}, 415),
        ({"Upload-Checksum": "md5 AAAA"}, 422),
        ({"Upload-Checksum": "sha256 !"}, 422),
    ]
    for headers, status in wrong:
        assert patch(browser, url, 0, photo, **headers).status_code == status, headers
    assert browser.api("DELETE", url, headers=TUS).status_code == 204
    assert browser.http.head(url, headers=TUS).status_code == 404
    assert begin(browser, "NR-0000-0000-0000", "photo.jpg", 9).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind", "content", "words"),
    [
        ("picture.svg", "image/svg+xml", b"<svg/>", "does not end like"),
        ("../../page.html", "text/html", b"<html>", "does not end like"),
        ("photo.jpg", "image/jpeg", b"<svg><script>alert(1)</script></svg>", "neither a photo nor a video"),
        ("clip.mp4", "video/mp4", b"\0\0\0\x20ftypisom" + bytes(99), "does not open"),
    ],
)
def test_what_is_hostile_is_refused_in_words(desk: Desk, name: str, kind: str, content: bytes, words: str) -> None:
    browser = a_neighbour(desk)
    answer = begin(browser, sent(desk, browser), name, len(content), kind)
    if answer.status_code == 201:
        answer = patch(browser, answer.headers["location"], 0, content)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert desk.services.catalogue.neighbour_files.of_report(_report_id(desk)) == ()


def test_one_address_sends_and_guesses_no_more_than_so_much(desk: Desk) -> None:
    browser = a_neighbour(desk)
    for _ in range(3):
        sent(desk, browser)
    assert browser.api("POST", "/near/report", data=told(desk)).status_code == 429
    browser.get("/near/return")
    guesses = [receipt(browser, "NR-0000-0000-0000").status_code for _ in range(13)]
    assert guesses[:12] == [422] * 12
    assert guesses[12] == 429


def test_nobody_sends_from_another_site_or_without_a_token(desk: Desk) -> None:
    browser = a_neighbour(desk)
    assert browser.http.post("/near/report", data=told(desk)).status_code == 403
    browser.csrf = "another"
    assert browser.api("POST", "/near/report", data=told(desk)).status_code == 403


def test_a_video_of_an_accepted_report_is_attached_to_its_incident(desk: Desk, tmp_path: Path) -> None:
    video, browser = a_video(tmp_path), a_neighbour(desk)
    code = sent(desk, browser)
    assert upload(browser, code, "clip.mp4", video).status_code == 204
    sue = desk.client(Role.SUPERVISOR)
    sue.get(f"/triage/{_report_id(desk)}")
    answer = sue.post(f"/triage/{_report_id(desk)}/accept", {"reason": "it shows it", "incident": "new"})
    assert answer.status_code == 303
    desk.app.state.desk.jobs.finish()
    (incident,) = desk.services.catalogue.incidents.live()
    (attachment,) = desk.services.catalogue.incidents.attachments(incident.incident_id)
    assert "sent by a neighbour" in attachment.reason


def test_whoever_decides_watches_the_video_first_and_puts_the_report_into_an_incident_later(
    desk: Desk, tmp_path: Path
) -> None:
    code = sent(desk, browser := a_neighbour(desk))
    video = a_video(tmp_path)
    assert upload(browser, code, "clip.mp4", video).status_code == 204
    sue, name = desk.client(Role.SUPERVISOR), _report_id(desk)
    assert "Make the videos playable" in sue.get(f"/triage/{name}").text
    assert sue.post(f"/triage/{name}/films").status_code == 303
    desk.app.state.desk.jobs.finish()
    page = sue.get(f"/triage/{name}").text
    assert "Make the videos playable" not in page
    (film,) = re.findall(rf'src="(/triage/{name}/films/nm-[0-9a-f]+)"', page)
    part = sue.get(film, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.content), part.headers["content-type"]) == (206, 100, "video/mp4")
    assert part.headers["x-content-type-options"] == "nosniff"
    assert sue.get(film).content != video
    looks = [one.entry for one in desk.records(CustodyAction.ACCESSED) if one.entry.detail["as"] == "video of a report"]
    assert [look.detail["report"] for look in looks] == [name]
    assert desk.services.catalogue.clips.list() == ()

    assert sue.post(f"/triage/{name}/accept", {"reason": "it shows it"}).status_code == 303
    assert sue.get(film).status_code == 404
    assert "Put it into an incident" in sue.get(f"/triage/{name}").text
    assert "choose the incident" in sue.post(f"/triage/{name}/incident", {"incident": ""}).text.lower()
    assert sue.post(f"/triage/{name}/incident", {"incident": "new"}).status_code == 303
    desk.app.state.desk.jobs.finish()
    (incident,) = desk.services.catalogue.incidents.live()
    assert len(desk.services.catalogue.incidents.attachments(incident.incident_id)) == 1
    assert "it is in incident" in sue.post(f"/triage/{name}/incident", {"incident": "new"}).text.lower()
    assert len(desk.services.catalogue.incidents.live()) == 1, "no second one was opened for it"


def test_what_a_sender_agrees_to_fits_what_they_report(desk: Desk) -> None:
    page = a_neighbour(desk).get("/near/report").text
    aims = dict(re.findall(r'name="category" value="([^"]+)" data-aim="([^"]+)"', page))
    assert len(set(aims.values())) == len(aims) == 5
    (agreed,) = re.findall(r"<p>Oak Street police may look at it.*?</p>", page)
    assert f'<span id="aim">{aims["other"]}</span>' in agreed
    assert "for: package theft" not in agreed


def test_the_form_keeps_the_address_under_which_a_place_was_found(desk: Desk) -> None:
    browser = a_neighbour(desk)
    page = browser.get("/near/report?at=51.5001,-0.1201&where=12+Elm+Street").text
    assert re.search(r'name="where" [^>]*value="12 Elm Street"', page)
    assert 'name="found" value="12 Elm Street"' in page
    kept = {"where": "12 Elm Street", "found": "12 Elm Street"}
    assert browser.api("POST", "/near/report", data=told(desk, **kept)).status_code == 201
    other = browser.api("POST", "/near/report", data=told(desk, **{**kept, "where": "zzzz"}))
    assert "nobody here knows that place" in other.text


def test_what_is_wrong_is_said_in_sentences(desk: Desk) -> None:
    browser = a_neighbour(desk)
    said = browser.post("/near/return", {"code": "NR-AAAA-AAAA-AAAA"}).text
    assert "No report has this code; see that it is typed as it stands on the receipt.</p>" in said
    wrong = browser.post("/near/report", {"category": "crime", "happened": "never"}).text
    assert 'id="place-wrong">Say where it happened' in wrong
