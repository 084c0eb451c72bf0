"""Each reader of what strangers wrote, as a function of some bytes that checks what comes out.

Shared by the short run in the tests and the long one of `scripts/fuzz`.
"""

from __future__ import annotations

import atexit
import signal
import sqlite3
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from types import FrameType

from lxml import etree

from pptui import config, models, times
from pptui.chapters import embedded, formats, notes, podcasting, podlove
from pptui.chapters.formats import rows
from pptui.episodes import counting, detail, finding
from pptui.feeds import address, discover, failures, lenient, linked, parse, schedule, source, values, xml
from pptui.feeds.document import WANTED, Document
from pptui.store import fields, journal, storage
from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.feed import FeedState, Known, StoredEpisode, StoredNotes
from pptui.store.files import Damaged
from pptui.store.selection import Kind, Selection, Sort
from pptui.text import clean, folding, line, markup, safe_url, shown_url
from pptui.text.rendering import render
from tests.fuzz import invariants, seeds

URL = "https://show.example/feed.xml"
NOW = datetime(2024, 1, 1, tzinfo=UTC)
CASES = Path(__file__).with_name("cases")
"""A folder for each target, with inputs that once failed."""


class TooSlow(BaseException):
    """More processor time than an input of that length may take. No reader's `except Exception` stops it."""


BOTH = (*seeds.WORDS, *seeds.MARKUP)


@dataclass(frozen=True)
class Target:
    """`run` raises what is wrong; `seeds` are what mutations begin from, `words` what is put into them.

    `examples` is how many inputs the tests try."""

    name: str
    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = seeds.WORDS
    examples: int = 40

    @property
    def cases(self) -> list[Path]:
        """The inputs that once failed."""
        return sorted(path for path in (CASES / self.name).glob("*") if path.is_file())

    def __call__(self, data: bytes, seconds: float = 2.0) -> None:
        """Try one input; processor time is limited to `seconds`."""
        with _limited(seconds):
            self.run(data)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _text(data: bytes) -> str:
    """Any text, lone surrogates too: those that are encoded as if they could be."""
    return (
        data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")
        if _whole(data)
        else data.decode("latin-1")
    )


def _whole(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


# Feeds.


def _feed(found: parse.ParsedFeed) -> None:
    invariants.line(found.title)
    invariants.line(found.author)
    invariants.clean(found.description)
    invariants.address(found.link)
    invariants.address(found.new_url)
    assert found.title
    assert found.ttl_minutes is None or 0 < found.ttl_minutes <= 60 * 24 * 30
    for one in found.episodes:
        invariants.line(one.title)
        invariants.line(one.guid, 2000)
        invariants.line(one.media_type, 100)
        invariants.clean(one.notes)
        for other in one.other_notes:
            invariants.clean(other)
        for url in (one.link, one.enclosure, one.chapters_url):
            invariants.address(url)
        invariants.moment(one.published)
        invariants.length(one.duration)
        invariants.chapters(one.chapters)
        assert one.title
        assert one.size is None or 0 < one.size < 10**15


def _parsed(data: bytes, known: Sequence[Known] = ()) -> parse.ParsedFeed | None:
    problem: parse.FeedError
    try:
        return parse.parse(data, URL, known=known)
    except parse.FeedError as refused:
        problem = refused
    invariants.line(str(problem))
    # So it is said where a reader raised what nobody had thought of.
    assert "can't be read" not in str(problem), problem
    return None


def feed(data: bytes) -> None:
    """A feed of any kind, read by whichever reader it needs."""
    found = _parsed(data)
    if found is not None:
        _feed(found)


def patient(data: bytes) -> None:
    """The patient reader, whatever the quick one would say."""
    found = source.markup(data)
    if found.is_feed:
        with suppress(lenient.TooSlow):
            _feed(_meaning(lenient.read(source.legal(found.text), URL, seconds=1.5)))


def _meaning(document: Document) -> parse.ParsedFeed:
    found = parse._feed(document, URL, {})
    return found._replace(items=tuple(one._replace(digest=None) for one in found.episodes))


def readers(data: bytes) -> None:
    """Items that are well-formed by two parsers, read by both readers, which must agree.

    lxml lets some names pass that expat does not; then the patient reader has to guess, and may. So may both
    where an element that says something stands within another: no feed's do."""
    text = f"{seeds.RSS}{_text(data)}{seeds.END}"
    found = source.markup(text.encode("utf-8", "surrogatepass"))
    quick = xml.read(found.text, URL) if found.root == "rss" else None
    patiently = lenient._Strict(URL, time.monotonic() + lenient.SECONDS)
    if quick is None or _nested(found.text):
        return
    if lenient._strictly(patiently, source.legal(found.text)):
        one, other = _meaning(quick), _meaning(patiently.found)
        assert one == other, _difference(one, other)


_SAYING = {"item", *(name.rpartition(":")[2] for name in WANTED if "/" not in name)}


def _nested(text: str) -> bool:
    def says(element: etree._Element) -> bool:
        return str(element.tag).rpartition("}")[2].lower() in _SAYING

    elements = etree.fromstring(text.encode()).iter(etree.Element)
    return any(says(one) and any(map(says, one.iterancestors())) for one in elements)


def _difference(one: parse.ParsedFeed, other: parse.ParsedFeed) -> str:
    if one._replace(items=()) != other._replace(items=()):
        return f"{one._replace(items=())} | {other._replace(items=())}"
    for first, second in zip(one.items, other.items, strict=False):
        if first != second:
            return f"{first} | {second}"
    return f"{len(one.items)} items | {len(other.items)} items"


def pieces(data: bytes) -> None:
    """Two states of a feed: what is known from the first changes nothing of what is found in the second."""
    first, _, second = data.partition(b"\0\0")
    before, fully = _parsed(first), _parsed(second)
    if before is None or fully is None:
        return
    known = [
        Known(f"id-{number}", one.guid, one.enclosure, one.link, one.title, one.published, one.digest)
        for number, one in enumerate(before.episodes)
    ]
    quickly = _parsed(second, known)
    assert quickly is not None
    by_digest = {one.digest: one for one in before.episodes}
    whole = [by_digest[one.digest] if isinstance(one, Known) else one for one in quickly.items]
    assert whole == list(fully.items)
    assert quickly._replace(items=()) == fully._replace(items=())


def page(data: bytes) -> None:
    """A web page that names feeds."""
    for url in discover.discover(data, URL):
        invariants.address(url)
        assert url


# Show notes.


def show_notes(data: bytes) -> None:
    """Notes as they are shown, and the chapters in them."""
    text = clean(_text(data), windows=True)
    invariants.clean(text)
    for is_html in (None, True, False):
        rendered = render(text, is_html=is_html, base=URL, duration=7200.0)
        invariants.notes(rendered)
        assert sum(len(block.text) + 1 for block in rendered.blocks) <= 2 * len(text) + 100
        found = notes.from_notes(text, is_html=is_html, duration=7200.0)
        invariants.chapters(found)
        assert all(one.start < 7200 for one in found)
    stored = StoredNotes(text, markup.is_html(text))
    for one in detail.written_lists(stored, 60.0):
        invariants.chapters(one)
    for each in finding._lines(stored):
        invariants.line(each)


def border(data: bytes) -> None:
    """The border itself: clean once is clean for good."""
    text = _text(data)
    for windows in (False, True):
        once = clean(text, windows=windows)
        invariants.clean(once)
        assert clean(once) == once
        short = line(text, 40, windows=windows)
        invariants.line(short, 40)
        assert line(short, 40) == short


# Chapters.


def podlove_xml(data: bytes) -> None:
    """Podlove Simple Chapters in a file of their own."""
    invariants.chapters(podlove.from_xml(data, URL))


def podcasting_json(data: bytes) -> None:
    """JSON chapters, by themselves and as a feed's linked file."""
    found = podcasting.from_json(data, URL)
    invariants.chapters(found)
    invariants.chapters(linked.read(data, URL))
    # Clipped and joined once, it is a list like any other.
    assert podcasting.from_json(formats.write(found, "json").encode()) == _rounded(found)


def _rounded(found: Sequence[models.Chapter]) -> tuple[models.Chapter, ...]:
    return tuple(
        one._replace(
            start=round(one.start, 3),
            end=None if one.end is None else round(one.end, 3),
            # What is written has no user name.
            link=shown_url(one.link),
            image=shown_url(one.image),
        )
        for one in found
    )


def chapter_files(data: bytes) -> None:
    """Files of all formats, told by their content, and written again in each of them."""
    found = formats.recognised(data)
    if not found:
        return
    invariants.chapters(found)
    # To the millisecond, and what is no longer in order then can't be kept apart.
    kept = [one for one in _rounded(found) if not one.hidden]
    if any(one.start >= after.start for one, after in pairwise(kept)) or (
        kept and kept[-1].start >= 99 * 3600
    ):
        return
    for format in formats.FORMATS:
        written = formats.write(kept, format, title="Talk")
        for each in written.split("\n"):
            invariants.clean(each)
        if format in ("json", "ffmetadata", "webvtt", "psc"):
            again = formats.recognised(written.encode()) or ()
            assert [(round(one.start, 3), one.title) for one in again] == [
                (one.start, one.title) for one in kept
            ], format


def audio(data: bytes) -> None:
    """Chapters in an audio file, whether its size is known or not."""
    found = embedded.read(BytesIO(data), len(data))
    invariants.chapters(found)
    invariants.chapters(embedded.read(BytesIO(data)))


# Times, addresses, headers.


def lengths(data: bytes) -> None:
    """Lengths and times, of feeds, of chapters and as a user types them."""
    text = _text(data)
    for read in (values.duration, podlove.parse_start, rows.seconds):
        invariants.length(read(text))
    size = values.whole(text)
    assert size is None or 0 < size < 10**15
    try:
        seconds = times.parse_time(text)
    except ValueError:
        return
    invariants.length(seconds)
    assert times.parse_time(times.clock(seconds)) == int(seconds)
    assert len(times.span(seconds)) < 20


def dates(data: bytes) -> None:
    """Dates of feeds, of headers and of the library."""
    text = _text(data)
    found = values.moment(text)
    invariants.moment(found)
    if found is not None:
        assert fields.time({"at": fields.moment(found)}, "at") == found
        times.moment(found, NOW)
    invariants.moment(fields.time({"at": text}, "at"))


def addresses(data: bytes) -> None:
    """Addresses in feeds, redirects, and passwords in both."""
    text = _text(data)
    url = safe_url(text, URL)
    invariants.address(url)
    assert safe_url(url) == url
    assert "secret" not in shown_url(f"https://user:secret@{text}") or "secret" in text
    invariants.line(shown_url(text), 8192)
    old = address.address_of("https://user:secret@show.example/feed")
    for take in (lambda: address.redirected(old, text), lambda: address.address_of(text)):
        try:
            new = take()
        except failures.FetchError as problem:
            invariants.line(str(problem), 9000)
            continue
        assert new.parts.scheme in ("http", "https") and new.url.isprintable()
        assert "@" not in new.parts.netloc
        assert new.authorization.isascii()
        if new.login == old.login:
            assert new.origin == old.origin
        invariants.line(new.host, 100)
    bare, login = address.without_login(text)
    if login is not None:
        assert address.address_of(bare).login is None
        again = address.without_login(address.with_login(bare, login, bare))
        assert again == (bare, login), again
    assert "secret" not in address.with_login(text, models.Login("user", "secret"), URL) or (
        "secret" in text or address.address_of(text).origin == address.address_of(URL).origin
    )


def headers(data: bytes) -> None:
    """What servers say about when to ask again, and in which encoding they write."""
    text = _text(data)
    named = {
        name.strip().title(): value.strip()
        for name, _, value in (row.partition(":") for row in text.split("\n"))
    }
    fresh = schedule.lifetime(named, NOW)
    assert 0 <= fresh < float("inf")
    wait = failures._retry_after(named.get("Retry-After", ""))
    assert wait is None or 0 < wait <= 7 * 86400
    for plan in (
        schedule.answered(NOW, fresh=fresh),
        schedule.failed(models.Plan(), NOW, status=503, retry_after=wait),
    ):
        assert plan.due is None or NOW < plan.due <= NOW + timedelta(days=7)
    source.decode(b"\xe4\xf6\xfc<", named.get("Content-Type", ""))
    source.decode(data, named.get("Content-Type", ""))


# What is the user's.


def library(data: bytes) -> None:
    """The library's file, damaged or edited by hand."""
    try:
        tables = storage.parse(data).tables
    except (Damaged, storage.Newer) as problem:
        invariants.line(str(problem))
        return
    if b"\xed" not in data:  # halves of a pair, one written as it is and one escaped, are read back as one
        assert storage.parse(storage.serialise(tables)).tables == tables
    for table in tables.values():
        for identifier, document in table.items():
            _progress(fields.progress(document))
            _episode(fields.episode(identifier, document))
            one = fields.subscription(identifier, document)
            if one is not None:
                _one_line(one.title)
                invariants.moment(one.added)
                assert fields.subscription(identifier, fields.subscription_fields(one)) == one


def position(data: bytes) -> None:
    """The file of the position."""
    try:
        entry = journal._parse(data)
    except Damaged as problem:
        invariants.line(str(problem))
        return
    _episode(entry.episode)
    _progress(entry.progress)
    assert journal._parse(journal._serialise(entry)) == entry._replace(position=round(entry.position, 3))


def _one_line(text: str) -> None:
    # With the spaces that were written: a path may have any.
    invariants.clean(text, 10_000_000)
    assert "\n" not in text and "\t" not in text


def _progress(one: models.Progress) -> None:
    invariants.length(one.position)
    invariants.length(one.duration)
    invariants.moment(one.heard)
    _one_line(one.chapter)
    rounded = one._replace(position=round(one.position, 3))
    assert fields.progress(fields.progress_fields(one)) == rounded


def _episode(one: models.Episode) -> None:
    for text in (one.title, one.podcast_title, one.media_type, one.guid, one.link, one.podcast):
        _one_line(text)
    invariants.moment(one.published)
    invariants.length(one.duration)
    assert not one.enclosure or one.enclosure.startswith(("http://", "https://", "/"))
    assert one.size is None or 0 <= one.size < 2**63
    kept = {key: value for key, value in fields.episode_fields(one).items() if value is not None}
    assert fields.episode(one.id, kept) == one


@cache
def _folder() -> Path:
    made = tempfile.TemporaryDirectory(prefix="pptui-fuzz-")
    atexit.register(made.cleanup)
    return Path(made.name)


def settings(data: bytes) -> None:
    """The file of settings."""
    path = _folder() / "config.toml"
    path.write_bytes(data)
    found = config.load(path)
    for text in (
        found.theme,
        *found.problems,
        *found.keys,
        *found.keys.values(),
        *found.mpv,
        *found.mpv.values(),
    ):
        invariants.line(text)
    assert 0 <= found.refresh_after <= 100_000 and 0 <= found.new_days <= 100_000


# Searching, and what is stored.

TITLES = ("Talk about light and darkness", "Ümläut, naïve ﬀ", "東京の話", "It's a “quote”: 1:23", "A" * 400)


@dataclass(frozen=True)
class _Stored:
    catalogue: Catalogue
    said: list[str]


@cache
def _stored(name: str) -> _Stored:
    said: list[str] = []
    catalogue = Catalogue(_folder() / f"{name}.sqlite", on_problem=said.append)
    atexit.register(catalogue.close)
    _fill(catalogue)
    return _Stored(catalogue, said)


def _fill(catalogue: Catalogue) -> None:
    stored = [
        StoredEpisode(
            models.Episode(
                f"e{number}",
                "p",
                title,
                "Talks",
                NOW - timedelta(days=number),
                60.0,
                "https://a.example/1",
                "",
                7,
            ),
            StoredNotes(
                seeds.HTML, True, (seeds.PLAIN,), (models.Chapter(0.0, title), models.Chapter(9.5, "Two"))
            ),
        )
        for number, title in enumerate(TITLES)
    ]
    catalogue.save_feed(
        models.Podcast("p", URL, "Talks"), stored, FeedState("etag", plan=models.Plan(NOW, models.Hold.FRESH))
    )
    catalogue.save_chapters("e0", [models.Chapter(1.0, "Learnt", source=models.Source.FILE)])
    catalogue.index_waiting()
    counted = [(one.key, one.digest, 2) for one in catalogue.to_count(catalogue.uncounted())]
    catalogue.save_chapter_counts(counted)


COLUMNS = (
    *(("podcast", one) for one in ("url", "title", "author", "episodes", "refreshed", "error", "remark")),
    *(("podcast", one) for one in ("etag", "ttl", "due", "hold", "failures", "newest")),
    *(("episode", one) for one in ("title", "published", "duration", "enclosure", "size", "guid", "place")),
    *(("notes", one) for one in ("text", "is_html", "others", "chapters", "chapters_url")),
    ("learnt", "chapters"),
    ("chapter_count", "chapters"),
)


def columns(data: bytes) -> None:
    """Columns of the catalogue with what no pptui has written: the file is begun anew, and nothing fails.

    The first byte says which, the second as what kind of value the rest is written."""
    table, column = COLUMNS[data[0] % len(COLUMNS)] if data else COLUMNS[0]
    kind, rest = (data[1] % 4 if len(data) > 1 else 0), data[2:]
    stored = _stored("columns")
    catalogue = stored.catalogue
    value: object = _text(rest).encode("utf-8", "replace").decode()
    if kind == 1:
        value = int.from_bytes(rest[:8], signed=True)
    elif kind == 2:
        (value,) = struct.unpack("d", rest[:8].ljust(8, b"\0"))
    elif kind == 3:  # bytes that are no text, and said to be one
        value = rest
    try:
        written = "CAST(? AS TEXT)" if kind == 3 else "?"
        catalogue._writer.execute(f"UPDATE {table} SET {column} = {written}", (value,))
    except sqlite3.IntegrityError:
        return  # NULL, which NaN is, where there can't be any
    for identifier in ("e0", "e4"):
        for lists in detail.written_lists(catalogue.notes(identifier), 60.0):
            invariants.chapters(sorted(lists, key=lambda one: one.start)[:1])
        catalogue.episode(identifier)
    for podcast in (*catalogue.podcasts(), catalogue.podcast("p")):
        if podcast is not None:
            invariants.moment(podcast.refreshed)
            _ = podcast.unplayed, podcast.title.casefold()
    for sort in Sort:
        for keys in (catalogue.keys(Selection(Kind.ALL, sort=sort)).keys, catalogue.uncounted()):
            for row in catalogue.by_key(keys):
                if row is not None:
                    _stored_row(*row)
            catalogue.texts(keys)
            for one in catalogue.to_count(keys):
                counting.chapters_in(one.notes, one.duration)
    catalogue.chapter_counts(["e0"])
    with suppress(StoreError):
        catalogue.known("p")
        catalogue.state("p")
    with suppress(StoreError):
        _fill(catalogue)
    for _ in finding.search("talk", catalogue, lambda identifier: models.Progress(), 10):
        pass
    for _ in range(2):  # the first time may be the one that finds the damage
        with suppress(StoreError):
            catalogue.remove("p")
            _fill(catalogue)
    assert catalogue.episodes(Selection(Kind.PODCAST, "p"), 0, 1)


def _stored_row(one: models.Episode, chapters: int | None) -> None:
    invariants.moment(one.published)
    times.span(one.duration)
    assert chapters is None or isinstance(chapters, int)
    assert one.size is None or isinstance(one.size, int)
    _ = one.title.casefold() + one.enclosure + one.guid


def search(data: bytes) -> None:
    """What is typed into the search, as far as the line that shows what was found."""
    typed = _text(data)[:2000]
    wanted = folding.terms(typed)
    for term in wanted:
        assert term.words and all(term.words), term
        assert all(folding.folded(word) == word for word in term.words), term
    for title in (*TITLES, line(typed)):
        ends = 0
        for first, last in folding.marks(title, wanted):
            assert ends <= first < last <= len(title), (first, last)
            ends = last + 1
    stored = _stored("search")
    for found in finding.search(typed, stored.catalogue, lambda identifier: models.Progress(), 10):
        for hit in found.hits:
            invariants.line(hit.line)
            assert all(last <= len(hit.line) for _, last in hit.line_marks)
    assert not stored.said, stored.said


_COLUMN_SEEDS = (
    *((number, 0, *b"text") for number in range(len(COLUMNS))),
    (19, 0, *b'[[0, "One", null, "podlove", "", ""]]'),
    (20, 1, 255, 255),
    (14, 2, *range(8)),
    (13, 3, 0xED, 0xA0, 0x80),
)

TARGETS: Mapping[str, Target] = {
    one.name: one
    for one in (
        Target("feed", feed, tuple(one.encode() for one in seeds.FEEDS), BOTH),
        Target("patient", patient, tuple(one.encode() for one in seeds.FEEDS), BOTH),
        Target("readers", readers, ((seeds.CHANNEL + seeds.ITEM).encode(), seeds.ITEM.encode())),
        Target(
            "pieces",
            pieces,
            (
                b"\0\0".join([seeds.FEEDS[0].encode()] * 2),
                b"\0\0".join(f"{seeds.RSS}{seeds.ITEM * n}{seeds.END}".encode() for n in (1, 2)),
            ),
            BOTH,
        ),
        Target("page", page, (seeds.PAGE.encode(),), BOTH),
        Target(
            "notes", show_notes, (seeds.HTML.encode(), seeds.PLAIN.encode()), (*seeds.WORDS, *seeds.MARKUP)
        ),
        Target(
            "border", border, (seeds.HTML.encode(), "".join(seeds.HOSTILE).encode("utf-8", "surrogatepass"))
        ),
        Target("podlove", podlove_xml, (seeds.PODLOVE.encode(),), BOTH),
        Target("podcasting", podcasting_json, (seeds.JSON.encode(),)),
        Target(
            "formats",
            chapter_files,
            tuple(
                one.encode()
                for one in (
                    seeds.FFMETADATA,
                    seeds.WEBVTT,
                    seeds.CUE,
                    seeds.OGM,
                    seeds.MATROSKA,
                    seeds.APPLE,
                    seeds.PODLOVE,
                    seeds.JSON,
                    seeds.PLAIN,
                )
            ),
        ),
        Target("id3", audio, seeds.ID3),
        Target("mp4", audio, seeds.MP4),
        Target("vorbis", audio, seeds.VORBIS),
        Target("times", lengths, tuple(one.encode() for one in seeds.TIMES)),
        Target("dates", dates, tuple(one.encode() for one in seeds.DATES)),
        Target("addresses", addresses, tuple(one.encode() for one in seeds.ADDRESSES)),
        Target("headers", headers, tuple(one.encode() for one in seeds.HEADERS)),
        Target("library", library, (seeds.LIBRARY.encode(),)),
        Target("position", position, (seeds.POSITION.encode(),)),
        Target("settings", settings, (seeds.CONFIG.encode(),)),
        Target("columns", columns, tuple(map(bytes, _COLUMN_SEEDS)), examples=15),
        Target("search", search, tuple(one.encode() for one in seeds.TYPED)),
    )
}
