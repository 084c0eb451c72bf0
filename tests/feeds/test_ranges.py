"""Files on a server, of which only the parts that hold chapters are fetched: real HTTP on the loopback."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from pptui.chapters import embedded
from pptui.feeds import ranges
from tests import media
from tests.media import chap, ctoc
from tests.server import Server

ROWS = [(float(n * 60), f"Part {n}") for n in range(40)]
HOUR = 60_000_000


def titles(url: str) -> list[str]:
    return [one.title for one in ranges.embedded_at(url)]


def fetched(server: Server) -> int:
    """The bytes that were asked for."""
    spans = [one.headers["range"].removeprefix("bytes=").split("-") for one in server.requests]
    return sum(int(last) - int(first) + 1 for first, last in spans)


def tag(count: int = 40, picture: int = 0, cover: int = 0) -> bytes:
    frames = [chap(f"c{n}", n * 60, n * 60 + 60, f"Part {n}", picture=bytes(picture)) for n in range(count)]
    front = [media.cover(cover)] if cover else []
    return media.mp3(*front, ctoc("toc", [f"c{n}" for n in range(count)]), *frames, sound=10_000)


# --- what it costs ----------------------------------------------------------------------------------


def test_the_chapters_of_an_mp3_cost_one_small_request(server: Server) -> None:
    server.add("/a.mp3", tag())
    assert titles(server.url("/a.mp3")) == [title for _, title in ROWS]
    assert len(server.requests) == 1 and fetched(server) == 64 * 1024


def test_a_large_cover_is_not_fetched(server: Server) -> None:
    server.add("/a.mp3", tag(cover=3_000_000))
    assert titles(server.url("/a.mp3")) == [title for _, title in ROWS]
    assert len(server.requests) <= 3 and fetched(server) < 150_000


def test_pictures_of_chapters_are_not_fetched(server: Server) -> None:
    server.add("/a.mp3", tag(count=9, picture=200_000))
    assert titles(server.url("/a.mp3")) == [title for _, title in ROWS[:9]]
    assert len(server.requests) <= 12 and fetched(server) < 300_000


@pytest.mark.parametrize("front", [True, False])
@pytest.mark.parametrize("kind", ["track", "nero", "both"])
def test_the_chapters_of_an_m4a_cost_few_small_requests(server: Server, kind: str, front: bool) -> None:
    nero = ROWS if kind != "track" else None
    server.add("/a.m4a", media.mp4(ROWS, nero=nero, track=kind != "nero", front=front, sound=HOUR // 4))
    assert titles(server.url("/a.m4a")) == [title for _, title in ROWS]
    assert len(server.requests) <= 5 and fetched(server) <= 150_000


def test_an_mp3_without_a_tag_costs_one_request(server: Server) -> None:
    server.add("/a.mp3", media.SOUND * 1000)
    assert titles(server.url("/a.mp3")) == []
    assert len(server.requests) == 1


def test_files_of_other_programs_are_read_as_they_are_on_disk(server: Server, cases: Path) -> None:
    checked = 0
    for path in sorted((cases / "media").glob("*/*.*")):
        server.add(f"/{path.name}", path.read_bytes())
        with path.open("rb") as file:
            assert ranges.embedded_at(server.url(f"/{path.name}")) == embedded.read(file), path.name
        checked += 1
    assert checked >= 15


def test_one_connection_serves_for_all_parts(server: Server) -> None:
    ports: set[int] = set()
    data = media.mp4(ROWS, nero=ROWS)

    def handler(request: BaseHTTPRequestHandler) -> None:
        ports.add(request.client_address[1])
        part(request, data)

    server.add("/a.m4a", handler=handler)
    assert len(titles(server.url("/a.m4a"))) == 40
    assert len(server.requests) > 1 and len(ports) == 1


# --- giving up --------------------------------------------------------------------------------------


def test_a_server_that_sends_no_parts_is_left_at_once(server: Server) -> None:
    rest = threading.Event()
    # What follows is not sent before the reader has gone away: reading on would take until the time-out.
    server.add("/a.mp3", chunks=[tag(), rest, bytes(1_000_000)], ranges=False)
    began = time.monotonic()
    assert titles(server.url("/a.mp3")) == []
    assert time.monotonic() - began < 4
    assert len(server.requests) == 1


def test_too_much_to_read_is_given_up_and_no_list_stops_halfway(server: Server) -> None:
    server.add("/pictures.mp3", tag(count=40, picture=200_000))
    server.add("/apart.m4a", media.mp4(ROWS, together=False, sound=10_000_000))
    server.add("/words.mp3", media.mp3(*(chap(f"c{n}", n, n + 1, "x" * 1000) for n in range(2000))))
    for path in ("/pictures.mp3", "/apart.m4a", "/words.mp3"):
        server.requests.clear()
        assert titles(server.url(path)) == [], path
        assert len(server.requests) <= ranges.REQUESTS and fetched(server) <= ranges.BUDGET


def test_titles_all_over_the_file_give_way_to_the_list_in_one_place(server: Server) -> None:
    server.add("/a.m4a", media.mp4(ROWS, nero=ROWS, together=False, sound=10_000_000))
    assert titles(server.url("/a.m4a")) == [title for _, title in ROWS]
    assert len(server.requests) <= 5


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "bytes 5-100/2000"},
        {"Content-Range": "nonsense"},
        {"Content-Range": ""},
        {"Content-Range": "bytes 0-9/99999", "Content-Encoding": "gzip"},
    ],
)
def test_parts_that_were_not_asked_for_are_not_taken(server: Server, headers: dict[str, str]) -> None:
    server.add("/a.mp3", tag(), status=206, headers=headers, ranges=False)
    assert titles(server.url("/a.mp3")) == []
    assert len(server.requests) == 1


def test_a_file_that_is_another_one_each_time_gives_nothing(server: Server) -> None:
    def handler(request: BaseHTTPRequestHandler) -> None:
        number = len(server.requests)
        part(request, media.mp4(ROWS, nero=ROWS), total=2_000_000 + number)

    server.add("/a.m4a", handler=handler)
    assert titles(server.url("/a.m4a")) == []

    def tagged(request: BaseHTTPRequestHandler) -> None:
        part(request, media.mp4(ROWS, nero=ROWS), etag=f'"{len(server.requests)}"')

    server.add("/b.m4a", handler=tagged)
    assert titles(server.url("/b.m4a")) == []


def test_more_than_was_asked_for_is_not_read(server: Server) -> None:
    data = tag()

    def handler(request: BaseHTTPRequestHandler) -> None:
        request.send_response(206)
        request.send_header("Content-Range", f"bytes 0-{len(data) - 1}/{len(data)}")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    server.add("/a.mp3", handler=handler)
    assert titles(server.url("/a.mp3")) == []


@pytest.mark.parametrize("status", [404, 403, 416, 500])
def test_errors_of_the_server_are_kept_quiet(server: Server, status: int) -> None:
    server.add("/a.mp3", tag(), status=status)
    assert titles(server.url("/a.mp3")) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.mp3",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://h/a.mp3",
        "http://",
        "http://[",
        "http://a\nb/",
    ],
)
def test_what_is_no_address_of_a_server_gives_nothing(url: str) -> None:
    assert ranges.embedded_at(url) == ()
    with pytest.raises(ranges.RangeError):
        ranges.remote(url)


def test_nobody_there_gives_nothing() -> None:
    gone = Server()
    url = gone.url("/a.mp3")
    with gone:
        pass
    assert ranges.embedded_at(url) == ()


def test_a_connection_that_breaks_off_gives_nothing(server: Server) -> None:
    server.add("/a.mp3", tag(), cut=500)
    assert titles(server.url("/a.mp3")) == []


# --- where it leads ---------------------------------------------------------------------------------


def test_redirects_are_followed_once_for_all_parts(server: Server) -> None:
    server.redirect("/count/a.m4a", "/count/again")
    server.redirect("/count/again", "/a.m4a?signed=1")
    server.add("/a.m4a", media.mp4(ROWS, nero=ROWS))
    assert titles(server.url("/count/a.m4a")) == [title for _, title in ROWS]
    paths = [one.path for one in server.requests]
    assert paths[:3] == ["/count/a.m4a", "/count/again", "/a.m4a?signed=1"]
    assert len(paths) > 3 and set(paths[3:]) == {"/a.m4a?signed=1"}


def test_redirects_to_other_kinds_of_address_are_refused(server: Server) -> None:
    server.redirect("/a.mp3", "file:///etc/passwd")
    server.redirect("/b.mp3", "/b.mp3")
    assert titles(server.url("/a.mp3")) == []
    assert titles(server.url("/b.mp3")) == []


def test_a_login_is_sent_with_every_part(server: Server) -> None:
    server.redirect("/old.m4a", "/a.m4a")
    server.add("/a.m4a", media.mp4(ROWS, nero=ROWS))
    assert len(titles(server.url("/old.m4a", user="me:secret"))) == 40
    assert len(server.requests) > 2
    assert all(one.headers["authorization"].startswith("Basic ") for one in server.requests)


def test_a_size_that_the_server_does_not_know_is_no_obstacle(server: Server) -> None:
    data = media.mp4(ROWS, nero=ROWS)
    server.add("/a.m4a", handler=lambda request: part(request, data, total=None))
    assert titles(server.url("/a.m4a")) == [title for _, title in ROWS]


def test_a_part_is_fetched_once(server: Server) -> None:
    server.add("/a.bin", bytes(range(256)) * 4000)
    file = ranges.remote(server.url("/a.bin"))
    for _ in range(3):
        for place in (0, 70_000, 500_000, 10):
            file.seek(place)
            assert file.read(4) == bytes((place + n) % 256 for n in range(4))
    file.seek(1_023_999)
    assert file.read(100) == b"\xff"
    assert file.size == 1_024_000
    assert file.requests == len(server.requests) == 4
    assert file.fetched <= fetched(server)
    file.close()


def part(request: BaseHTTPRequestHandler, data: bytes, *, total: int | None = -1, etag: str = "") -> None:
    """Answer a request for a part, with another size of the whole than there is, or none."""
    first, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
    begin, end = int(first), min(int(last), len(data) - 1)
    whole = "*" if total is None else str(len(data) if total == -1 else total)
    request.send_response(206)
    request.send_header("Content-Range", f"bytes {begin}-{end}/{whole}")
    request.send_header("Content-Length", str(end - begin + 1))
    if etag:
        request.send_header("ETag", etag)
    request.end_headers()
    request.wfile.write(data[begin : end + 1])
