"""`pptui chapters`: from whatever has them, told by its content."""

from __future__ import annotations

import pytest

from tests.audio import silence, silent_mp3
from tests.server import Server
from tests.shell import Shell, item, rss

RUN_ON = "We talk about it. 00:00 Introduction 06:33 Data augmentation 15:46 Distillation token"
NOTES = [(0, 393, "Introduction"), (393, 946, "Data augmentation"), (946, None, "Distillation token")]


def rows(chapters: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    return [(one["start"], one["end"], one["title"]) for one in chapters]


def ended(end: float) -> list[tuple[object, object, object]]:
    return [*NOTES[:2], (946, end, "Distillation token")]


def test_notes_in_a_pipe_give_their_chapters(shell: Shell) -> None:
    found = shell.json("chapters", "-", given=RUN_ON.encode())
    assert rows(found) == NOTES
    assert list(found[0]) == ["start", "end", "title", "source"]
    assert {one["source"] for one in found} == {"notes"}
    assert rows(shell.json("chapters", "-", "--duration", "3120", given=RUN_ON.encode())) == ended(3120)
    assert shell("chapters", "-", given=RUN_ON.encode()).out.splitlines() == [
        " 0:00  Introduction",
        " 6:33  Data augmentation",
        "15:46  Distillation token",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notes_in_a_file_are_told_by_their_content(shell: Shell, encoding: str) -> None:
    lines = "<ul><li>00:00 Einführung</li><li>06:33 Größe</li><li>15:46 Ende</li></ul>"
    # The name says something else.
    (shell.folder / "notes.mp3").write_bytes(lines.encode(encoding))
    assert [one["title"] for one in shell.json("chapters", "notes.mp3")] == ["Einführung", "Größe", "Ende"]


def test_an_audio_file_gives_its_own_chapters(shell: Shell) -> None:
    silent_mp3(shell.folder / "talk.txt", 60, [(0, "Intro"), (20, "Middle"), (40.5, "End")])
    found = shell.json("chapters", "talk.txt")
    assert [(one["start"], one["title"], one["source"]) for one in found] == [
        (0, "Intro", "file"),
        (20, "Middle", "file"),
        (40.5, "End", "file"),
    ]
    assert found[0]["end"] == 20
    assert 59 < found[2]["end"] < 61


def test_an_audio_file_without_chapters_is_no_failure(shell: Shell) -> None:
    silence(shell.folder / "talk.wav", 2)
    assert shell.json("chapters", "talk.wav") == []
    done = shell("chapters", "talk.wav")
    assert (done.code, done.out, done.err) == (0, "", "no chapters in talk.wav\n")


def test_a_file_that_is_nothing_says_so_in_a_line(shell: Shell) -> None:
    (shell.folder / "talk.mp3").write_bytes(bytes(range(256)) * 50)
    done = shell("chapters", "talk.mp3")
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("pptui: ")
    assert done.err.count("\n") == 1
    assert "talk.mp3" in done.err


@pytest.mark.parametrize("name", ["feed.xml", "feed.m4a"])
def test_a_feed_file_gives_the_chapters_of_the_episode_asked_for(shell: Shell, name: str) -> None:
    old = item("Old", 1, notes="0:00 A<br>5:00 B<br>7:00 C", length="10:00")
    undated = item("Undated", None, notes="nothing here")
    new = item("New", 9, notes=RUN_ON, length="52:00")
    (shell.folder / name).write_bytes(rss("Talks", undated, old, new))
    assert rows(shell.json("chapters", name)) == ended(3120)
    assert rows(shell.json("chapters", name, "--episode", "2")) == [
        (0, 300, "A"),
        (300, 420, "B"),
        (420, 600, "C"),
    ]
    assert shell.json("chapters", name, "--episode", "3") == []
    done = shell("chapters", name, "--episode", "4")
    assert (done.code, done.err) == (1, "pptui: there is no episode 4: the feed has 3\n")
    assert shell.json("podcasts") == []


def test_a_feed_at_an_address_and_a_subscription_give_the_same(shell: Shell, server: Server) -> None:
    server.add("/feed.xml", rss("Talks", item("One", 1, notes=RUN_ON, length="52:00")))
    address = server.url("/feed.xml")
    assert rows(shell.json("chapters", address)) == ended(3120)
    shell("add", address)
    (episode,) = shell.json("episodes")
    for source in ("talks", episode["id"], address):
        assert rows(shell.json("chapters", source)) == ended(3120)


def test_audio_at_an_address_gives_its_own_chapters_without_being_fetched_whole(
    shell: Shell, server: Server
) -> None:
    path = silent_mp3(shell.folder / "talk.mp3", 60, [(0, "Intro"), (20, "Middle"), (40.5, "End")])
    server.add("/talk", path.read_bytes(), content_type="audio/mpeg")
    found = shell.json("chapters", server.url("/talk"))
    assert [one["title"] for one in found] == ["Intro", "Middle", "End"]


def test_chapters_of_the_publisher_keep_their_link_and_picture(shell: Shell) -> None:
    feed = rss("Talks", item("One", 1, length="10:00")).decode()
    chapters = (
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters" version="1.2">'
        '<psc:chapter start="0" title="A" href="https://example.org/a" image="https://example.org/a.png"/>'
        '<psc:chapter start="5:00.5" title="B"/></psc:chapters></item>'
    )
    (shell.folder / "feed.xml").write_text(feed.replace("</item>", chapters))
    assert shell.json("chapters", "feed.xml") == [
        {
            "start": 0,
            "end": 300.5,
            "title": "A",
            "source": "podlove",
            "link": "https://example.org/a",
            "image": "https://example.org/a.png",
        },
        {"start": 300.5, "end": 600, "title": "B", "source": "podlove"},
    ]


def test_what_cannot_be_found_is_named(shell: Shell) -> None:
    for source in ("absent.mp3", "no such thing", "https//example"):
        done = shell("chapters", source)
        assert (done.code, done.out) == (1, "")
        assert done.err == f"pptui: there is no file, episode or subscription '{source}'\n"


def test_an_episode_number_of_something_that_is_no_feed_is_refused(shell: Shell) -> None:
    (shell.folder / "notes.txt").write_text(RUN_ON)
    done = shell("chapters", "notes.txt", "--episode", "2")
    assert (done.code, done.err) == (1, "pptui: notes.txt is not a feed: it has no episode 2\n")


def test_the_built_in_episode_has_its_chapters(shell: Shell) -> None:
    found = shell.json("chapters", "demo-044")
    assert len(found) == 19
    assert (found[4]["start"], found[4]["title"], found[18]["end"]) == (946, "Distillation token", 3120)


SHEET = 'FILE "talk.mp3" MP3\n  TRACK 01 AUDIO\n    TITLE "One"\n    INDEX 01 00:00:00\n'


@pytest.mark.parametrize("format", ["text", "json", "psc", "ffmetadata", "webvtt", "cue"])
def test_chapters_are_converted_and_what_was_written_is_a_source_again(shell: Shell, format: str) -> None:
    written = shell("chapters", "-", "--format", format, given=RUN_ON.encode())
    assert (written.code, written.err) == (0, "")
    again = shell.json("chapters", "-", given=written.out.encode())
    assert rows(again) == NOTES
    # The content decides, not the name.
    (shell.folder / "talk.mp3").write_text(written.out)
    assert shell("chapters", "talk.mp3", "--format", format).out == written.out


def test_a_document_is_in_utf8_wherever_it_goes(shell: Shell) -> None:
    (shell.folder / "notes.txt").write_text("0:00 Größe\n5:00 目次\n9:00 Ende\n", encoding="utf-8")
    for variable in ("LC_ALL", "PYTHONIOENCODING"):
        shell.environment = {**shell.environment, variable: "C" if variable == "LC_ALL" else "ascii"}
    running = shell.start("chapters", "notes.txt", "--format", "psc")
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, b"")
    assert 'title="目次"' in out.decode("utf-8")


def test_audio_with_files_beside_it_has_several_lists(shell: Shell) -> None:
    silent_mp3(shell.folder / "talk.mp3", 60, [(0, "Intro"), (20, "Middle"), (40.5, "End")])
    document = '{"version":"1.2.0","chapters":[{"startTime":0,"title":"A"},{"startTime":30,"title":"B"}]}'
    (shell.folder / "talk.chapters.json").write_text(document)
    (shell.folder / "talk.cue").write_text(SHEET)
    assert [one["title"] for one in shell.json("chapters", "talk.mp3")] == ["Intro", "Middle", "End"]
    assert rows(shell.json("chapters", "talk.mp3", "--from", "json")) == [(0, 30, "A"), (30, None, "B")]
    every = shell.json("chapters", "talk.mp3", "--from", "all")
    assert [(one["source"], one["title"]) for one in every] == [
        ("file", "Intro"),
        ("file", "Middle"),
        ("file", "End"),
        ("json", "A"),
        ("json", "B"),
    ]
    assert shell("chapters", "talk.mp3", "--from", "all").out.splitlines() == [
        "file: 3 chapters",
        "0:00  Intro",
        "0:20  Middle",
        "0:40  End",
        "",
        "json: 2 chapters",
        "0:00  A",
        "0:30  B",
    ]
    done = shell("chapters", "talk.mp3", "--from", "notes")
    assert (done.code, done.out, done.err) == (0, "", "no chapters from notes in talk.mp3\n")
    assert shell.json("chapters", "talk.mp3", "--from", "podlove") == []


def test_audio_without_chapters_of_its_own_has_those_beside_it(shell: Shell) -> None:
    silence(shell.folder / "talk.wav", 2)
    (shell.folder / "talk.cue").write_text(SHEET)
    assert rows(shell.json("chapters", "talk.wav", "--duration", "2")) == [(0, 2, "One")]
    # Even where nothing can open it.
    (shell.folder / "talk.wav").write_bytes(bytes(range(256)) * 50)
    assert rows(shell.json("chapters", "talk.wav")) == [(0, None, "One")]


def test_each_source_of_an_episode_can_be_asked_for(shell: Shell) -> None:
    chapters = (
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters" version="1.2">'
        '<psc:chapter start="0" title="A"/><psc:chapter start="5:00.5" title="B"/></psc:chapters></item>'
    )
    feed = rss("Talks", item("One", 1, notes=RUN_ON, length="52:00")).decode().replace("</item>", chapters)
    (shell.folder / "feed.xml").write_text(feed)
    podlove = [(0, 300.5, "A"), (300.5, 3120, "B")]
    assert rows(shell.json("chapters", "feed.xml")) == podlove
    assert rows(shell.json("chapters", "feed.xml", "--from", "podlove")) == podlove
    assert rows(shell.json("chapters", "feed.xml", "--from", "notes")) == ended(3120)
    assert rows(shell.json("chapters", "feed.xml", "--from", "all")) == [*podlove, *ended(3120)]
    document = shell("chapters", "feed.xml", "--from", "notes", "--format", "webvtt").out
    assert document.startswith("WEBVTT - One\n")


def test_hidden_chapters_are_in_no_list_but_in_the_documents(shell: Shell) -> None:
    document = (
        '{"version":"1.2.0","chapters":[{"startTime":0,"title":"A"},'
        '{"startTime":5,"title":"Picture","img":"https://example.org/a.png","toc":false},'
        '{"startTime":9,"title":"B"}]}'
    )
    (shell.folder / "chapters").write_text(document)
    assert shell("chapters", "chapters").out == "0:00  A\n0:09  B\n"
    assert [one.get("hidden") for one in shell.json("chapters", "chapters")] == [None, True, None]
    assert '"toc": false' in shell("chapters", "chapters", "--format", "json").out


def test_no_chapters_are_an_empty_document_and_a_remark(shell: Shell) -> None:
    done = shell("chapters", "-", "--format", "webvtt", given=b"nothing here")
    assert (done.code, done.err) == (0, "no chapters in standard input\n")
    assert done.out.startswith("WEBVTT")
    done = shell("chapters", "-", "--from", "all", given=b"nothing here")
    assert (done.code, done.out, done.err) == (0, "", "no chapters in standard input\n")


@pytest.mark.parametrize(
    "arguments", [("--json", "--format", "json"), ("--from", "all", "--format", "cue"), ("--from", "feed")]
)
def test_what_contradicts_itself_is_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell("chapters", "-", *arguments)
    assert (done.code, done.out) == (2, "")
