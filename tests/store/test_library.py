"""What the user would miss: subscriptions, positions, marks, and the way back from a mistake."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pptui.models import Episode, Progress, Subscription
from pptui.store.library import Library
from tests.store.test_files import edit_in_place

WHEN = datetime(2024, 5, 1, 12, 30, 15, 250_000, tzinfo=UTC)
FEED = Subscription("p1", "https://example.org/feed", "A podcast", WHEN)
EPISODE = Episode(
    id="e1",
    podcast="p1",
    title="An episode",
    podcast_title="A podcast",
    published=WHEN,
    duration=3120.0,
    enclosure="https://example.org/1.mp3",
    media_type="audio/mpeg",
    size=1234,
    link="https://example.org/1",
    guid="guid 1",
)
HEARD = Progress(position=946.5, duration=3121.5, heard=WHEN, chapter="Distillation token")
LIFE = [sys.executable, "-m", "tests.store.life"]
ROOT = Path(__file__).parents[2]


def numbered(number: int) -> Episode:
    return EPISODE._replace(id=f"e{number}", title=f"Episode {number}")


def opened(folder: Path, told: list[str] | None = None) -> Library:
    return Library(folder / "library.json", on_problem=(told if told is not None else []).append)


def undo(library: Library) -> str | None:
    done = library.undo()
    return done and done.words


def test_subscriptions_positions_and_settings_are_there_again(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.subscribe(FEED)
    library.record(EPISODE, HEARD)
    library.set_setting("volume", 80.0)
    assert library.close()
    again = opened(tmp_path)
    assert again.subscriptions() == [FEED]
    assert again.progress("e1") == HEARD
    assert again.episode("e1") == EPISODE
    assert again.touched() == again.touched("p1") == [(EPISODE, HEARD)]
    assert again.touched("p2") == []
    assert again.all_progress() == {"e1": HEARD}
    assert again.setting("volume", 100.0) == 80.0
    assert again.progress("never touched") == Progress()
    assert again.episode("never touched") is None


def test_a_change_is_there_at_once(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.subscribe(FEED)
    assert library.subscriptions() == [FEED]
    library.close()


def test_looking_does_not_write(tmp_path: Path) -> None:
    library = opened(tmp_path)
    assert library.subscriptions() == [] and library.touched() == []
    assert not library.reload()
    assert library.close()
    assert list(tmp_path.iterdir()) == []


def test_unsubscribing_keeps_what_was_heard_and_undo_brings_the_podcast_back(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.subscribe(FEED)
    library.record(EPISODE, HEARD)
    library.unsubscribe("p1")
    assert library.subscriptions() == []
    assert library.progress("e1") == HEARD
    assert undo(library) == "unsubscribed from A podcast"
    assert library.subscriptions() == [FEED]
    assert undo(library) is None
    library.close()
    assert opened(tmp_path).subscriptions() == [FEED]


def test_undo_takes_back_all_marks_and_not_what_was_listened_to_since(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.record(numbered(0), HEARD)
    library.record_all((numbered(number), Progress(played=True)) for number in range(14))
    later = Progress(position=30.0, heard=WHEN + timedelta(hours=1))
    library.record(numbered(5), later)
    assert undo(library) == "marked 14 episodes played"
    assert library.progress("e0") == HEARD
    assert library.progress("e3") == Progress()
    assert library.progress("e5") == later
    assert {episode.id for episode, _ in library.touched()} == {"e0", "e5"}
    library.close()
    assert opened(tmp_path).all_progress() == library.all_progress()


def test_undo_says_what_it_takes_back(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.record_all([(EPISODE, Progress(played=True))])
    library.record_all([(EPISODE, Progress(played=True))])  # no change: nothing to take back
    library.record_all([(EPISODE, Progress())])
    assert undo(library) == "marked 1 episode not played"
    assert library.progress("e1").played
    assert undo(library) == "marked 1 episode played"
    assert undo(library) is None
    library.close()


def test_continue_lists_the_begun_and_the_last_heard_first(tmp_path: Path) -> None:
    library = opened(tmp_path)
    for number in range(4):
        progress = Progress(position=10.0, heard=WHEN + timedelta(minutes=number), played=number == 2)
        library.record(numbered(number), progress)
    library.record(numbered(9), Progress(position=1.0))
    assert [episode.id for episode, _ in library.continuing()] == ["e3", "e1", "e0", "e9"]
    library.close()


def test_a_feed_that_moves_or_changes_its_title_stays_subscribed(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.subscribe(FEED)
    library.move("p1", "https://example.net/new")
    library.retitle("p1", "New title")
    library.close()
    assert opened(tmp_path).subscriptions() == [
        FEED._replace(url="https://example.net/new", title="New title")
    ]


def test_a_refresh_that_ends_late_does_not_bring_back_a_podcast_removed_meanwhile(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.subscribe(FEED)
    library.unsubscribe("p1")
    library.retitle("p1", "Late")
    library.move("p1", "https://example.net/late")
    library.close()
    assert "Late" not in (tmp_path / "library.json").read_text()


def test_a_setting_of_another_type_gives_the_default(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.set_setting("volume", "loud")
    library.set_setting("speed", 2)
    library.set_setting("flag", 1)
    library.set_setting("anything", [1, {"a": None}])
    assert library.setting("volume", 100.0) == 100.0
    assert library.setting("speed", 1.0) == 2.0
    assert library.setting("flag", False) is False
    assert library.setting("anything", None) == [1, {"a": None}]
    with pytest.raises(TypeError):
        library.set_setting("broken", object())
    assert library.close()


@pytest.mark.parametrize("number", ["1" + "0" * 400, "NaN", "Infinity", "-1", "true", "[]"])
def test_a_speed_that_is_no_number_gives_the_default(tmp_path: Path, number: str) -> None:
    (tmp_path / "library.json").write_text(f'{{"settings": {{"speed": {{"value": {number}}}}}}}')
    assert opened(tmp_path).setting("speed", 1.0) == 1.0


def test_a_library_edited_by_hand_opens_with_what_is_right_in_it(tmp_path: Path) -> None:
    (tmp_path / "library.json").write_text(
        json.dumps(
            {
                "subscriptions": {
                    "a": {"url": "https://example.org/a"},
                    "b": {"title": "no address"},
                    "c": {"url": 7, "title": []},
                },
                "episodes": {
                    "x": {
                        "position": "12",
                        "played": "yes",
                        "heard": "yesterday",
                        "title": None,
                        "size": 1e400,
                    },
                    "y": {"position": -5, "duration": float("nan"), "enclosure": "file:///etc/passwd"},
                    "z": {
                        "position": 10**400,
                        "heard": "2024-05-01T12:30",
                        "published": "0001-01-01T00:00+14:00",
                    },
                    "w": {"position": 12.5, "title": "a\x1b]52;c;b\x07 title\u202e", "podcast": "p"},
                },
                "settings": {"volume": {}, "speed": {"value": None}},
                "from tomorrow": {"q": {"kept": True}},
            }
        )
    )
    told: list[str] = []
    library = opened(tmp_path, told)
    [one] = library.subscriptions()
    assert (one.id, one.url, one.title) == ("a", "https://example.org/a", "https://example.org/a")
    assert library.progress("x") == Progress()
    assert library.episode("y").enclosure == ""  # type: ignore[union-attr]
    assert library.progress("z").heard == datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    title = library.episode("w").title  # type: ignore[union-attr]
    assert title.isprintable() and title.endswith("title")
    assert library.setting("volume", 100.0) == 100.0
    assert library.setting("speed", 1.0) == 1.0
    assert told == []
    # What was not understood is still the user's.
    library.record(EPISODE, HEARD)
    assert library.close()
    kept = json.loads((tmp_path / "library.json").read_text())
    assert kept["from tomorrow"] == {"q": {"kept": True}}
    assert kept["subscriptions"]["b"] == {"title": "no address"}


def test_odd_numbers_from_the_player_do_not_spoil_the_file(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.record(
        EPISODE._replace(duration=float("inf")), Progress(position=float("nan"), duration=float("inf"))
    )
    assert library.close()
    document = json.loads((tmp_path / "library.json").read_text(), parse_constant=pytest.fail)
    assert document["episodes"]["e1"]["position"] == 0.0


def test_another_shell_and_the_running_app_both_keep_their_changes(tmp_path: Path) -> None:
    app, shell = opened(tmp_path), opened(tmp_path)
    app.subscribe(FEED)
    assert app.flush()
    other = FEED._replace(id="p2", title="Added in another shell", added=WHEN + timedelta(days=1))
    shell.subscribe(other)
    assert shell.flush()
    assert app.subscriptions() == [FEED]
    assert app.reload()
    assert app.subscriptions() == [FEED, other]
    assert not app.reload()
    shell.retitle("p1", "Title from the shell")
    shell.close()
    app.move("p1", "https://example.net/moved")  # of the same podcast, before it was noticed
    app.close()
    assert opened(tmp_path).subscriptions() == [
        FEED._replace(title="Title from the shell", url="https://example.net/moved"),
        other,
    ]
    assert app.subscriptions() == opened(tmp_path).subscriptions()


def test_what_a_write_takes_up_from_another_process_is_told_with_the_next_look(tmp_path: Path) -> None:
    app, shell = opened(tmp_path), opened(tmp_path)
    app.set_setting("volume", 80)
    assert app.flush() and not app.reload()
    shell.subscribe(FEED)
    assert shell.close()
    app.set_setting("volume", 70)
    assert app.flush()
    assert app.subscriptions() == [FEED]
    assert app.reload(), "or nobody would show it"
    assert not app.reload()
    app.close()


@pytest.mark.parametrize("noticed", [True, False])
def test_an_edit_by_hand_while_the_app_runs_is_taken_up_and_not_erased(tmp_path: Path, noticed: bool) -> None:
    app = opened(tmp_path)
    app.subscribe(FEED)
    assert app.flush()
    path = tmp_path / "library.json"
    edit_in_place(path, b"A podcast", b"My own title")
    assert not noticed or app.reload()
    app.record(EPISODE, HEARD)
    assert app.close()
    assert app.subscriptions() == [FEED._replace(title="My own title")]
    again = opened(tmp_path)
    assert again.subscriptions() == [FEED._replace(title="My own title")]
    assert again.progress("e1") == HEARD


def test_two_processes_changing_the_library_at_once_lose_nothing(tmp_path: Path) -> None:
    ours = opened(tmp_path)
    ours.subscribe(FEED)
    running = [
        subprocess.Popen(
            [*LIFE, "record_some", str(tmp_path), name, "60"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    for process in running:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for number in range(30):
        ours.record(numbered(number), HEARD)
        ours.reload()
    for process in running:
        out, _ = process.communicate()
        assert (process.returncode, out) == (0, "")
    assert ours.flush()
    ours.reload()
    expected = {f"{name}{number}" for name in ("a", "b") for number in range(60)}
    expected |= {f"e{number}" for number in range(30)}
    assert set(ours.all_progress()) == expected
    ours.close()
    again = opened(tmp_path)
    assert set(again.all_progress()) == expected
    assert again.progress("b59").position == 60.0
    assert again.subscriptions() == [FEED]


def test_many_threads_changing_the_library_lose_nothing(tmp_path: Path) -> None:
    library = opened(tmp_path)

    def work(name: int) -> None:
        for number in range(50):
            library.record(numbered(name * 1000 + number), HEARD)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.close()
    assert len(opened(tmp_path).touched()) == 200


def test_kill_9_in_the_middle_of_writing_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    kills, chance = 20, random.Random(9)
    saved_before = 0
    for kill in range(kills):
        folder = tmp_path / str(kill)
        with subprocess.Popen(
            [*LIFE, "keep_recording", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as life:
            assert life.stdout
            lines = [life.stdout.readline() for _ in range(chance.randrange(1, 40))]
            life.kill()
            lines += life.stdout.readlines()
        last = max(int(line) for line in lines)
        told: list[str] = []
        library = opened(folder, told)
        for number in range(max(1, last - 49), last + 1):
            assert library.progress(f"e{number % 50}").position >= number
        assert len(library.subscriptions()) >= last // 10
        assert told == [], f"kill {kill}"
        saved_before += last
    sys.stdout.write(f"{kills} kills, {saved_before} changes saved before them, 0 lost\n")


def test_a_full_disk_is_told_once_and_everything_saved_as_soon_as_there_is_room(tmp_path: Path) -> None:
    out = subprocess.run(
        [*LIFE, "fill_the_disk", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    trouble = "library.json can't be saved: File too large; it is kept in memory and tried again"
    # It is told from the writer's own thread, so its place among the other lines is not fixed.
    assert [line for line in out if line.startswith("told: ")] == [f"told: {trouble}"]
    assert [line for line in out if not line.startswith("told: ")] == [
        "saved: True",
        "saved: False",
        "saved: False",
        "untouched: True",
        "in memory: 100",
        f"problem: {trouble}",
        "saved: True",
        "problem: ",
    ]
    library = opened(tmp_path)
    assert len(library.touched()) == 100 and len(library.subscriptions()) == 1


def test_a_library_that_cannot_be_read_is_not_overwritten_and_takes_its_changes_later(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    before = opened(tmp_path)
    before.subscribe(FEED)
    before.close()
    path.rename(tmp_path / "away")
    (tmp_path / "library.json.bak").unlink()
    path.mkdir()  # stands for anything that can't be read: for root, permissions don't count
    told: list[str] = []
    library = opened(tmp_path, told)
    assert told == ["library.json can't be read: Is a directory"]
    library.record(EPISODE, HEARD)
    assert not library.flush()
    assert library.progress("e1") == HEARD
    path.rmdir()
    (tmp_path / "away").rename(path)
    looking = opened(tmp_path)
    assert looking.subscriptions() == [FEED] and looking.problem == ""
    assert library.flush()
    assert library.problem == ""
    assert library.subscriptions() == [FEED]
    library.close()
    again = opened(tmp_path)
    assert again.subscriptions() == [FEED] and again.progress("e1") == HEARD


def test_what_could_not_be_saved_yet_stays_when_another_process_has_written(tmp_path: Path) -> None:
    ours, other = opened(tmp_path), opened(tmp_path)
    other.subscribe(FEED)
    assert other.flush()
    obstacle = tmp_path / ".library.json.new"
    obstacle.mkdir()
    ours.record(EPISODE, HEARD)
    assert not ours.flush()
    assert ours.reload()
    assert ours.subscriptions() == [FEED] and ours.progress("e1") == HEARD
    obstacle.rmdir()
    assert ours.close()
    again = opened(tmp_path)
    assert again.subscriptions() == [FEED] and again.progress("e1") == HEARD


def test_the_library_deleted_under_a_running_app_comes_back_whole(tmp_path: Path) -> None:
    told: list[str] = []
    library = opened(tmp_path, told)
    library.subscribe(FEED)
    assert library.flush()
    (tmp_path / "library.json").unlink()
    library.record(EPISODE, HEARD)
    assert library.close()
    again = opened(tmp_path)
    assert again.subscriptions() == [FEED] and again.progress("e1") == HEARD
    assert len(told) == 1 and "missing" in told[0]


def test_a_closed_library_still_takes_a_last_change(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.subscribe(FEED)
    library.close()
    library.record(EPISODE, HEARD)
    assert library.close()
    assert opened(tmp_path).progress("e1") == HEARD
