"""Fetching, against a real server on the loopback interface."""

from __future__ import annotations

import base64
import gzip
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest

from pptui.feeds.failures import FetchError
from pptui.feeds.fetch import Fetcher, Validators
from pptui.models import Login
from tests.server import Server

try:
    from compression import zstd
except ImportError:
    from backports import zstd

FEED = b"<rss version='2.0'><channel><title>Talks</title></channel></rss>"
CERTIFICATE = Path(__file__).with_name("server.pem")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    one = Fetcher(timeout=5, total=20, user_agent="pptui/test")
    yield one
    one.close()


def failure(fetcher: Fetcher, url: str, **options: threading.Event) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, **options)
    message = str(caught.value)
    assert message and "\n" not in message
    return caught.value


# --- what is fetched


def test_a_feed_comes_with_what_is_needed_to_ask_again(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", FEED, etag='"one"', modified="Fri, 23 Mar 2012 23:25:19 GMT")
    fetched = fetcher.fetch(server.url("/feed.xml"))
    assert fetched.body == FEED
    assert fetched.url == server.url("/feed.xml")
    assert fetched.validators == Validators('"one"', "Fri, 23 Mar 2012 23:25:19 GMT")
    assert fetched.content_type == "application/rss+xml"
    assert fetched.moved_to == ""
    assert server.requests[0].headers["user-agent"] == "pptui/test"


@pytest.mark.parametrize("known", [Validators('"one"'), Validators(modified="Fri, 23 Mar 2012 23:25:19 GMT")])
def test_a_feed_that_has_not_changed_is_not_sent_again(
    server: Server, fetcher: Fetcher, known: Validators
) -> None:
    server.add("/feed.xml", FEED, etag='"one"', modified="Fri, 23 Mar 2012 23:25:19 GMT")
    fetched = fetcher.fetch(server.url("/feed.xml"), known)
    assert fetched.body is None
    assert fetched.validators.etag == '"one"'


def test_a_server_that_says_not_changed_unasked_is_not_believed(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", status=304)
    assert failure(fetcher, server.url("/feed.xml")).status == 304


def test_validators_that_would_break_a_header_are_not_kept(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", FEED, etag="x" * 5000)
    assert fetcher.fetch(server.url("/feed.xml")).validators == Validators()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_feed_is_read(server: Server, fetcher: Fetcher, encoding: str) -> None:
    packed = {"br": brotli.compress, "zstd": zstd.compress}
    if encoding in packed:
        server.add("/feed.xml", packed[encoding](FEED), headers={"Content-Encoding": encoding})
    else:
        server.add("/feed.xml", FEED, encoding=encoding)
    assert fetcher.fetch(server.url("/feed.xml")).body == FEED
    accepted = server.requests[0].headers["accept-encoding"]
    assert encoding in accepted


def test_a_feed_whose_length_is_not_said_is_read_to_its_end(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", FEED, length=False)
    assert fetcher.fetch(server.url("/feed.xml")).body == FEED


def test_a_connection_is_used_again(server: Server, fetcher: Fetcher) -> None:
    ports: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        ports.append(handler.client_address[1])
        handler.send_response(200)
        handler.send_header("Content-Length", "1")
        handler.end_headers()
        handler.wfile.write(b"x")

    server.add("/feed.xml", handler=answer)
    for _ in range(3):
        fetcher.fetch(server.url("/feed.xml"))
    assert len(set(ports)) == 1


def test_ipv6_addresses_work(fetcher: Fetcher) -> None:
    try:
        running = Server(address="::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with running as server:
        server.add("/feed.xml", FEED)
        assert fetcher.fetch(server.url("/feed.xml")).body == FEED
        assert "[::1]" in server.url()


def test_a_host_in_another_script_is_asked_for_by_its_ascii_name(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url(""))
    server.add("http://xn--bcher-kva.example/feed.xml", FEED)
    assert fetcher.fetch("http://bücher.example/feed.xml").body == FEED
    assert server.requests[0].headers["host"] == "xn--bcher-kva.example"


def test_the_proxy_of_the_environment_is_used_and_its_exceptions_too(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("", user="me:s%20t"))
        proxy.add("http://show.example/feed.xml", FEED)
        server.add("/feed.xml", b"straight")
        assert fetcher.fetch("http://show.example/feed.xml").body == FEED
        login = proxy.requests[0].headers["proxy-authorization"].removeprefix("Basic ")
        assert base64.b64decode(login) == b"me:s t"
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert fetcher.fetch(server.url("/feed.xml")).body == b"straight"


# --- redirects


def test_a_feed_that_moved_for_good_says_where_to(server: Server, fetcher: Fetcher) -> None:
    server.add("/new.xml", FEED)
    server.redirect("/middle.xml", "/new.xml", 308)
    server.redirect("/old.xml", server.url("/middle.xml"), 301)
    fetched = fetcher.fetch(server.url("/old.xml"))
    assert fetched.body == FEED
    assert fetched.url == fetched.moved_to == server.url("/new.xml")


@pytest.mark.parametrize(
    ("first", "second", "moved"), [(302, 301, ""), (307, 308, ""), (301, 302, "/middle.xml"), (303, 302, "")]
)
def test_only_what_is_permanent_up_to_there_moves_a_subscription(
    server: Server, fetcher: Fetcher, first: int, second: int, moved: str
) -> None:
    server.add("/new.xml", FEED)
    server.redirect("/middle.xml", "/new.xml", second)
    server.redirect("/old.xml", "/middle.xml", first)
    fetched = fetcher.fetch(server.url("/old.xml"))
    assert fetched.url == server.url("/new.xml")
    assert fetched.moved_to == (moved and server.url(moved))


def test_a_redirect_written_in_utf_8_is_followed(server: Server, fetcher: Fetcher) -> None:
    server.add("/b%C3%BCcher.xml", FEED)
    server.redirect("/old.xml", "/bücher.xml".encode().decode("latin-1"))
    assert fetcher.fetch(server.url("/old.xml")).body == FEED


def test_redirects_in_a_circle_end(server: Server, fetcher: Fetcher) -> None:
    server.redirect("/a", "/b")
    server.redirect("/b", "/a")
    assert "in a circle" in str(failure(fetcher, server.url("/a")))
    assert len(server.requests) == 2


def test_redirects_without_end_end(server: Server, fetcher: Fetcher) -> None:
    for number in range(20):
        server.redirect(f"/{number}", f"/{number + 1}")
    assert "more than 10 times" in str(failure(fetcher, server.url("/0")))
    assert len(server.requests) == 11


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "javascript:1"])
def test_a_redirect_can_not_name_another_protocol(server: Server, fetcher: Fetcher, location: str) -> None:
    server.redirect("/feed.xml", location)
    assert "refused" in str(failure(fetcher, server.url("/feed.xml")))


@pytest.mark.parametrize("location", ["", "http://", "http://[", "http://127.0.0.1:99999/"])
def test_a_redirect_to_nowhere_is_a_message(server: Server, fetcher: Fetcher, location: str) -> None:
    server.redirect("/feed.xml", location)
    failure(fetcher, server.url("/feed.xml"))


# --- passwords


def test_a_password_in_the_address_is_sent_as_a_header_and_only_there(
    server: Server, fetcher: Fetcher
) -> None:
    server.add("/feed.xml", FEED)
    fetched = fetcher.fetch(server.url("/feed.xml", user="m%40x:p%3Aw%C3%BC"))
    login = server.requests[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(login).decode() == "m@x:p:wü"
    assert server.requests[0].path == "/feed.xml"
    assert fetched.url == server.url("/feed.xml")


def test_a_password_goes_along_to_the_same_server_and_to_no_other(server: Server, fetcher: Fetcher) -> None:
    with Server() as other:
        other.add("/there.xml", FEED)
        server.redirect("/here.xml", other.url("/there.xml"), 301)
        server.redirect("/old.xml", "/here.xml", 301)
        fetched = fetcher.fetch(server.url("/old.xml", user="me:secret"))
        assert "authorization" in server.requests[1].headers
        assert "authorization" not in other.requests[0].headers
        assert fetched.moved_to == other.url("/there.xml")
        server.add("/here.xml", FEED)
        moved = fetcher.fetch(server.url("/old.xml", user="me:secret")).moved_to
        assert moved == server.url("/here.xml")
        assert "authorization" in server.requests[-1].headers


def test_a_login_given_beside_the_address_is_sent_and_a_wrong_one_is_told_from_none(
    server: Server, fetcher: Fetcher
) -> None:
    server.add("/feed.xml", FEED, login="me:secret")
    assert fetcher.fetch(server.url("/feed.xml"), login=Login("me", "secret")).body == FEED
    assert "are needed" in str(failure(fetcher, server.url("/feed.xml")))
    with pytest.raises(FetchError, match="the user name or the password is wrong") as caught:
        fetcher.fetch(server.url("/feed.xml"), login=Login("me", "guess"))
    assert caught.value.status == 401
    assert "secret" not in repr(Login("me", "secret"))


def test_a_kind_of_password_that_is_not_known_is_named_so(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", status=401, headers={"WWW-Authenticate": 'Digest realm="x", nonce="y"'})
    assert "in a way that pptui does not know" in str(failure(fetcher, server.url("/feed.xml")))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache-Control": "max-age=600, no-cache"}, 0),
    ],
)
def test_an_answer_tells_for_how_long_it_holds_also_when_nothing_has_changed(
    server: Server, fetcher: Fetcher, headers: dict[str, str], seconds: float
) -> None:
    server.add("/feed.xml", FEED, etag='"one"', headers=headers)
    assert fetcher.fetch(server.url("/feed.xml")).fresh == seconds
    again = fetcher.fetch(server.url("/feed.xml"), Validators('"one"'))
    assert (again.body, again.fresh) == (None, seconds)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_password_is_never_in_a_message(server: Server, fetcher: Fetcher, status: int) -> None:
    server.add("/feed.xml", status=status)
    assert "secret" not in str(failure(fetcher, server.url("/feed.xml", user="me:secret")))


@pytest.mark.parametrize(
    "url", ["http://me:secret@", "http://me:secret@host:99999/", "http://me:secret@[x/", "ftp://me:secret@x/"]
)
def test_a_password_is_not_in_the_message_about_a_wrong_address(fetcher: Fetcher, url: str) -> None:
    assert "secret" not in str(failure(fetcher, url))


# --- what servers say


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "a user name and a password are needed"),
        (403, "not allowed"),
        (404, "not found"),
        (410, "gone for good"),
        (418, "teapot"),
        (429, "too many requests"),
        (500, "a fault of its own"),
        (503, "not available now"),
        (599, "a fault of its own"),
    ],
)
def test_what_the_server_says_is_said_in_words(
    server: Server, fetcher: Fetcher, status: int, words: str
) -> None:
    server.add("/feed.xml", b"x" * 100_000, status=status)
    problem = failure(fetcher, server.url("/feed.xml"))
    assert f"the server says {status}: " in str(problem)
    assert words in str(problem)
    assert problem.status == status


def test_a_server_that_asks_to_be_left_alone_says_for_how_long(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", status=429, headers={"Retry-After": "300"})
    problem = failure(fetcher, server.url("/feed.xml"))
    assert problem.retry_after == 300
    assert "try again in 5 min" in str(problem)
    server.add("/feed.xml", status=503, headers={"Retry-After": "soon"})
    assert failure(fetcher, server.url("/feed.xml")).retry_after is None


@pytest.mark.parametrize("said", ["604801", "99999999", "4294967296", "9" * 20, "9" * 5000])
def test_a_server_that_asks_for_ever_is_left_alone_for_a_week(
    server: Server, fetcher: Fetcher, said: str
) -> None:
    server.add("/feed.xml", status=503, headers={"Retry-After": said})
    assert failure(fetcher, server.url("/feed.xml")).retry_after == 7 * 86400


@pytest.mark.parametrize("zone", ["GMT", "-0000", ""])
def test_until_when_to_be_left_alone_is_the_same_moment_wherever_pptui_runs(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    server.add("/feed.xml", status=503, headers={"Retry-After": f"{until:%a, %d %b %Y %H:%M:%S} {zone}"})
    try:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("TZ", "Asia/Kolkata")
            time.tzset()
            wait = failure(fetcher, server.url("/feed.xml")).retry_after
    finally:
        time.tzset()
    assert wait is not None and 3500 < wait <= 3600


def test_a_part_that_nobody_asked_for_is_not_taken_for_the_feed(server: Server, fetcher: Fetcher) -> None:
    for headers in ({"Content-Range": "bytes 0-99/100000"}, {"Content-Range": "bytes 0-99/*"}, {}):
        server.add("/feed.xml", b"x" * 100, status=206, headers=headers)
        problem = failure(fetcher, server.url("/feed.xml"))
        assert str(problem) == "127.0.0.1 sends only a part of what was asked for"
    server.add("/feed.xml", b"x" * 100, status=206, headers={"Content-Range": "bytes 0-99/100"})
    assert fetcher.fetch(server.url("/feed.xml")).body == b"x" * 100


# --- what can go wrong


def test_a_name_that_does_not_exist_is_named(fetcher: Fetcher) -> None:
    message = str(failure(fetcher, "http://no-such-host.invalid/feed.xml"))
    assert message.startswith("no-such-host.invalid is not to be found")


def test_a_server_that_is_not_there_is_named(fetcher: Fetcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert str(failure(fetcher, f"http://127.0.0.1:{port}/")) == "127.0.0.1 refuses the connection"


@pytest.mark.parametrize(
    "url", ["", "feed.xml", "http://", "http:///x", "http://[::1", "gopher://x/", "//x/y"]
)
def test_what_is_no_address_is_a_message(fetcher: Fetcher, url: str) -> None:
    failure(fetcher, url)


@pytest.mark.parametrize(
    "url", ["http://a..b/", "http://" + "a" * 300 + "/", "http://\u2024/", "http://x\n.example/"]
)
def test_an_impossible_host_is_a_message(fetcher: Fetcher, url: str) -> None:
    failure(fetcher, url)


def test_a_silent_server_is_given_up_after_the_time_out(server: Server) -> None:
    server.add("/feed.xml", FEED, gate=threading.Event())
    patient = Fetcher(timeout=0.2, total=20, user_agent="t")
    assert str(failure(patient, server.url("/feed.xml"))) == "127.0.0.1: no answer within 0.2 s"


def test_a_server_that_stops_in_the_middle_is_given_up(server: Server) -> None:
    server.add("/feed.xml", chunks=[FEED[:10], threading.Event(), FEED[10:]])
    patient = Fetcher(timeout=0.2, total=20, user_agent="t")
    assert "no answer within 0.2 s" in str(failure(patient, server.url("/feed.xml")))


def test_a_server_that_sends_a_byte_at_a_time_has_an_end(server: Server) -> None:
    server.add("/feed.xml", chunks=[b"x"] * 100_000, pace=0.02)
    patient = Fetcher(timeout=10, total=0.5, user_agent="t")
    begun = time.monotonic()
    assert str(failure(patient, server.url("/feed.xml"))) == "127.0.0.1 took longer than 0.5 s"
    assert time.monotonic() - begun < 5


def test_a_server_that_sends_its_headers_a_byte_at_a_time_has_an_end(server: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not server.closing.wait(0.02):
            handler.wfile.write(b"x")

    server.add("/feed.xml", handler=drip)
    patient = Fetcher(timeout=10, total=0.5, user_agent="t")
    assert str(failure(patient, server.url("/feed.xml"))) == "127.0.0.1 took longer than 0.5 s"


def test_an_answer_without_a_length_that_is_cut_by_the_clock_is_not_taken_for_whole(server: Server) -> None:
    server.add("/feed.xml", chunks=[FEED, threading.Event()], length=False)
    patient = Fetcher(timeout=10, total=0.5, user_agent="t")
    assert "took longer" in str(failure(patient, server.url("/feed.xml")))


def test_a_fetch_that_is_cancelled_ends_though_the_server_is_silent(server: Server, fetcher: Fetcher) -> None:
    cancel = threading.Event()
    server.add("/feed.xml", handler=lambda handler: (cancel.set(), server.wait(threading.Event()))[0])
    begun = time.monotonic()
    assert str(failure(fetcher, server.url("/feed.xml"), cancel=cancel)) == "cancelled"
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("length", [True, False])
def test_too_much_is_not_read_to_the_end(server: Server, length: bool) -> None:
    server.add("/feed.xml", b"x" * 3_000_000, length=length)
    small = Fetcher(timeout=5, total=20, limit=1024 * 1024, user_agent="t")
    assert str(failure(small, server.url("/feed.xml"))) == "127.0.0.1 sends more than 1 MiB"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_the_limit_is_on_what_comes_out_of_a_compressed_answer(server: Server, encoding: str) -> None:
    pack = {"gzip": gzip.compress, "br": lambda data: brotli.compress(data, quality=3), "zstd": zstd.compress}
    bomb = pack[encoding](bytes(30_000_000))
    assert len(bomb) < 100_000
    server.add("/feed.xml", bomb, headers={"Content-Encoding": encoding})
    small = Fetcher(timeout=5, total=20, limit=1024 * 1024, user_agent="t")
    assert "sends more than 1 MiB" in str(failure(small, server.url("/feed.xml")))


def test_what_can_not_be_decompressed_is_a_message(server: Server, fetcher: Fetcher) -> None:
    server.add("/feed.xml", FEED, headers={"Content-Encoding": "gzip"})
    assert "can't be decompressed" in str(failure(fetcher, server.url("/feed.xml")))


@pytest.mark.parametrize("cut", [0, 1, 20])
def test_half_a_feed_is_not_taken_for_a_whole_one(server: Server, fetcher: Fetcher, cut: int) -> None:
    server.add("/feed.xml", FEED, cut=cut)
    assert "cut the connection" in str(failure(fetcher, server.url("/feed.xml")))


@pytest.mark.parametrize(
    "answer", [b"", b"\0" * 500, b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 500]
)
def test_a_server_that_speaks_something_else_is_a_message(
    server: Server, fetcher: Fetcher, answer: bytes
) -> None:
    def speak(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    server.add("/feed.xml", handler=speak)
    failure(fetcher, server.url("/feed.xml"))


# --- encryption


@pytest.fixture
def secure() -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Server(tls=context) as running:
        yield running


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: Server, fetcher: Fetcher) -> None:
    secure.add("/feed.xml", FEED)
    message = str(failure(fetcher, secure.url("/feed.xml")))
    assert message.startswith("127.0.0.1 can't be trusted: its certificate is not valid (self-signed")
    assert not secure.requests


def test_a_certificate_for_another_host_is_refused(
    secure: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    url = secure.url("/feed.xml").replace("127.0.0.1", "localhost")
    assert "localhost can't be trusted: its certificate is not valid" in str(failure(fetcher, url))


def test_the_proxy_of_the_environment_is_a_tunnel_for_what_is_encrypted(
    secure: Server, server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("https_proxy", server.url("", user="me:secret"))
    secure.add("/feed.xml", FEED)
    assert fetcher.fetch(secure.url("/feed.xml", user="you:hidden")).body == FEED
    (tunnel,) = server.requests
    assert (tunnel.method, tunnel.path) == ("CONNECT", f"127.0.0.1:{secure.port}")
    assert base64.b64decode(tunnel.headers["proxy-authorization"].removeprefix("Basic ")) == b"me:secret"
    assert "authorization" not in tunnel.headers
    assert "proxy-authorization" not in secure.requests[0].headers


def test_a_server_without_encryption_behind_https_is_a_message(server: Server, fetcher: Fetcher) -> None:
    url = server.url("/feed.xml").replace("http:", "https:")
    assert "127.0.0.1 can't be trusted: no encrypted connection" in str(failure(fetcher, url))


def test_encryption_is_not_given_up_by_a_redirect(
    secure: Server, server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    secure.add("/feed.xml", FEED)
    assert fetcher.fetch(secure.url("/feed.xml")).body == FEED
    secure.redirect("/old.xml", server.url("/feed.xml"))
    assert "not encrypted" in str(failure(fetcher, secure.url("/old.xml")))
    assert not server.requests
