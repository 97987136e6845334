"""The player in Chromium: what is drawn lies where the person is, and each step lands on the frame's own stamp."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.demo.desk import AGENTS
from pipeline.domain.agents import Role
from tests.web.browser.figures import BASE, FIRST, SIZE, a_served_morning, centre_at, stamps
from tests.web.browser.served import PASSWORD, ServedDesk
from tests.web.browser.signing_in import begin_matter

Morning = tuple[ServedDesk, dict[str, str]]

LOOK = """() => {
  const root = document.querySelector("[data-player]");
  const video = root.querySelector("video"), drawn = root.querySelector("canvas");
  const film = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const pen = film.getContext("2d");
  pen.drawImage(video, 0, 0);
  const find = (pen, width, height, top, bottom, is) => {
    const pixels = pen.getImageData(0, 0, width, height).data;
    let edges = null;
    for (let y = top; y < bottom; y++) for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (!is(pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3])) continue;
      edges ??= [x, y, x, y];
      edges = [Math.min(edges[0], x), Math.min(edges[1], y), Math.max(edges[2], x), Math.max(edges[3], y)];
    }
    return edges;
  };
  const red = find(pen, film.width, film.height, 0, film.height, (r, g, b) => r > 150 && g < 100 && b < 100);
  const scale = film.width / drawn.width;
  const ours = drawn.getContext("2d");
  const amber = (r, g, b, a) => a > 200 && r > 200 && g > 130 && g < 200 && b < 60;
  const [from, to] = red ? [red[1] + 60, red[3] - 20].map((y) => Math.round(y / scale)) : [0, drawn.height];
  const box = find(ours, drawn.width, drawn.height, from, to, amber);
  return {
    red, second: Number(root.dataset.second), frame: Number(root.dataset.frame),
    box: box && [box[0] * scale, box[2] * scale], told: root.querySelector('[data-tell="stamp"]').textContent,
    look: root.querySelector('[data-tell="look"]').textContent,
  };
}"""
"""What the video shows and what is drawn over it, both read from their pixels."""


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    with a_served_morning(tmp_path_factory.mktemp("figures")) as served:
        yield served


@pytest.fixture(scope="module")
def cookies(morning: Morning, chromium: Browser) -> Any:
    """Of an investigator on a matter."""
    context = chromium.new_context(base_url=morning[0].address)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(AGENTS[Role.INVESTIGATOR])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    begin_matter(page)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def player(morning: Morning, chromium: Browser, cookies: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The player of a clip, ready; nothing on the way may complain."""
    name = getattr(request, "param", "plain")
    context = chromium.new_context(
        base_url=morning[0].address, storage_state=cookies, viewport={"width": 1366, "height": 768}
    )
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page = context.new_page()
    page.goto(f"/events/{morning[1][name]}")
    page.locator("[data-player][data-ready=yes]").wait_for()
    yield page
    context.close()
    assert faults == []


def to_frame(page: Page, number: int) -> dict[str, Any]:
    page.evaluate("(number) => document.querySelector('[data-player]').player.toFrame(number)", number)
    found: dict[str, Any] = page.evaluate(LOOK)
    return found


@pytest.mark.parametrize("player", ["plain", "hevc", "odd"], indirect=True)
def test_the_box_lies_round_the_person_whom_the_video_shows(player: Page) -> None:
    """Also in what was encoded anew, since this browser does not play the original."""
    boxes = 0
    for number in range(8, len(stamps()) - 1, 4):
        seen = to_frame(player, number)
        left, _, right, _ = seen["red"]
        assert (left + right) / 2 == pytest.approx(centre_at(float(stamps()[number])), abs=4), "the right frame is seen"
        if seen["box"] is None:
            continue
        boxes += 1
        assert seen["box"][0] == pytest.approx(left, abs=12)
        assert seen["box"][1] == pytest.approx(right, abs=12)
        assert seen["box"][0] - 4 <= left
        assert right <= seen["box"][1] + 4
    assert boxes > 8


@pytest.mark.parametrize(
    ("player", "words", "is_instead"),
    [
        ("plain", "The original, byte for byte", False),
        ("hevc", "A derivative: encoded anew", False),
        ("odd", "The original, byte for byte", True),
    ],
    indirect=["player"],
)
def test_the_page_says_what_is_played(player: Page, words: str, is_instead: bool) -> None:
    """The server knows of a codec that no browser plays; of a profile the browser finds out, and says so."""
    expect(player.get_by_text(words)).to_be_visible()
    expect(player.locator("[data-instead]")).to_be_visible(visible=is_instead)
    assert ("encoded=true" in (player.locator("video").get_attribute("src") or "")) is is_instead


def test_each_step_lands_on_the_stamp_of_the_next_frame(player: Page) -> None:
    at = to_frame(player, 10)
    for number in (11, 12, 13, 12, 11):
        player.keyboard.press("." if number > at["frame"] else ",")
        player.locator(f"[data-player][data-frame='{number}']").wait_for()
        at = player.evaluate(LOOK)
        assert at["second"] == pytest.approx(float(stamps()[number]), abs=1e-6)
        assert at["told"] == str(FIRST + int(stamps()[number] / BASE))
        middle = (at["red"][0] + at["red"][2]) / 2
        assert middle == pytest.approx(centre_at(at["second"]), abs=4)


def test_a_look_is_told_from_what_is_drawn_between_looks(player: Page) -> None:
    told = {to_frame(player, number)["look"] for number in range(8, 30)}
    assert told == {"looked at", "between looks"}


def test_boxes_can_be_taken_off_and_the_address_remembers_it(player: Page) -> None:
    assert to_frame(player, 20)["box"] is not None
    player.keyboard.press("b")
    assert player.evaluate(LOOK)["box"] is None
    assert "boxes=0" in player.url
    player.reload()
    player.locator("[data-player][data-ready=yes]").wait_for()
    again = player.evaluate(LOOK)
    assert (again["frame"], again["box"]) == (20, None)


def test_in_a_low_window_what_is_drawn_and_what_is_pointed_at_lie_in_the_picture_and_not_in_the_bars(
    player: Page,
) -> None:
    """The form of the place is that of a clip under a grant with zones."""
    number = 20
    to_frame(player, number)
    player.set_viewport_size({"width": 1366, "height": 420})
    video, drawn = player.locator("[data-player] video"), player.locator("[data-player] canvas")
    film = video.bounding_box()
    assert film is not None
    wide = film["height"] * SIZE[0] / SIZE[1]
    assert wide < film["width"] - 100, "there are bars"
    player.wait_for_function("(wide) => Math.abs(document.querySelector('canvas').clientWidth - wide) < 2", arg=wide)
    over = drawn.bounding_box()
    assert over is not None
    left = film["x"] + (film["width"] - wide) / 2
    assert [over["x"], over["y"], over["height"]] == pytest.approx([left, film["y"], film["height"]], abs=2)

    player.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("afterbegin",
          '<button data-point aria-pressed="false">Point at it</button><input id="left"><input id="top">')"""
    )
    player.get_by_role("button", name="Point at it").click()
    share = centre_at(float(stamps()[number])) / SIZE[0]
    video.scroll_into_view_if_needed()
    film = video.bounding_box()
    assert film is not None
    player.mouse.click(left + share * wide, film["y"] + film["height"] / 4)
    assert float(player.locator("#left").input_value()) == pytest.approx(100 * share, abs=0.5)
    assert float(player.locator("#top").input_value()) == pytest.approx(25, abs=0.5)


def test_it_plays_and_boxes_go_with_it(player: Page) -> None:
    to_frame(player, 12)
    player.keyboard.press("k")
    player.wait_for_selector("[data-player]:not([data-frame='12'])")
    player.locator("[data-do=play]").get_by_text("Pause").wait_for()
    player.keyboard.press("k")
    expect(player.locator("[data-do=play]")).to_have_text("Play")
    seen = player.evaluate(LOOK)
    middle = (seen["red"][0] + seen["red"][2]) / 2
    assert middle == pytest.approx(centre_at(seen["second"]), abs=12)
    assert seen["box"] is None or seen["box"][0] - 8 <= seen["red"][0]


def test_an_event_is_judged_by_keyboard_alone(player: Page) -> None:
    said = player.locator("#said-of-it")
    expect(said).to_contain_text("machine, not yet confirmed")
    player.keyboard.press("c")
    expect(said.locator(".badge")).to_have_text("confirmed")
    player.keyboard.press("e")
    player.keyboard.type("Person at door")
    player.keyboard.press("Tab")
    to_frame(player, 20)
    player.locator("[data-take=start]").click()
    expect(player.locator("#start")).to_have_value(f"{float(stamps()[20]):.3f}")
    player.locator("[data-tag=corrected]").press("Enter")
    expect(said.locator(".badge")).to_have_text("corrected: Person at door")
    expect(said.locator(".history li")).to_have_count(2)


def test_it_can_be_judged_without_scripts(morning: Morning, chromium: Browser, cookies: Any) -> None:
    context = chromium.new_context(base_url=morning[0].address, storage_state=cookies, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/events/{morning[1]['hevc']}")
    page.get_by_label("Note").fill("a red figure")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#said-of-it .badge")).to_have_text("rejected")
    expect(page.locator("#said-of-it .history")).to_contain_text("a red figure")
    context.close()


def test_parts_of_a_video_are_the_parts_that_were_asked_for(morning: Morning, cookies: Any, tmp_path: Path) -> None:
    desk, events = morning
    jar = {one["name"]: one["value"] for one in cookies["cookies"]}
    url = f"{desk.address}/media/events/{events['plain']}/clip"
    with httpx.Client(cookies=jar) as client:
        whole = client.get(url)
        part = client.get(url, headers={"Range": "bytes=100-199", "If-Range": whole.headers["etag"]})
        beyond = client.get(url, headers={"Range": f"bytes={len(whole.content)}-"})
    assert (whole.status_code, whole.headers["cache-control"]) == (200, "no-store")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")
    assert json.loads(json.dumps(dict(whole.headers)))["x-content-type-options"] == "nosniff"
    assert httpx.get(url).status_code in (303, 401)
