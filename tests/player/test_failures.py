"""What mpv and ffmpeg write about a failure, in words that a listener understands."""

from __future__ import annotations

import pytest

from pptui.player.failures import NOTHING_TO_PLAY, meaning, remark


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["ffmpeg: https: HTTP error 403 Forbidden"], "the server does not allow it (403)"),
        (["ffmpeg: http: HTTP error 410 Gone"], "the audio is not on the server any more (410)"),
        (["http: HTTP error 429 Too Many Requests"], "the server asks to come back later (429)"),
        (["http: HTTP error 503 Service Unavailable"], "the server failed (503)"),
        (["tcp: Failed to resolve hostname x.example: Name or service not known"], "name can't be found"),
        (["tls: The certificate is NOT trusted."], "certificate is not valid"),
        (["tcp: Connection to tcp://x:1 failed: Connection refused"], "refuses the connection"),
        (["tcp: Connection failed: Network is unreachable"], "network can't be reached"),
        (["tcp: Connection failed: Connection timed out"], "no answer within 20 s"),
        (["http: Stream ends prematurely at 5, should be 9"], "the connection was cut"),
        (["Cannot open file '/a.mp3': Permission denied"], "may not read the file"),
    ],
)
def test_the_log_is_put_in_words_that_say_what_to_do(lines: list[str], words: str) -> None:
    assert words in remark(lines, "20").text


def test_the_servers_own_answer_is_believed_before_what_came_of_it() -> None:
    assert remark(["Stream ends prematurely", "HTTP error 404 Not Found", "Input/output error"], "20") == (
        "the audio is not on the server any more (404)",
        False,
    )


def test_a_log_that_says_nothing_of_a_failure_explains_none() -> None:
    noise = ["Invalid video timestamp", "mp3: estimating duration from bitrate"]
    assert remark([], "20") == remark(noise, "20") == ("", False)


def test_an_error_that_nobody_knows_is_still_said_in_words() -> None:
    assert meaning(NOTHING_TO_PLAY).text == "there is no audio in the file"
    assert meaning(-999).text == "the audio can't be opened"


@pytest.mark.parametrize(
    ("said", "passing"),
    [
        ("HTTP error 503 Service Unavailable", True),
        ("HTTP error 404 Not Found", False),
        ("HTTP error 429 Too Many Requests", False),
        ("The certificate is NOT trusted.", False),
        ("Stream ends prematurely at 5, should be 9", True),
        ("Failed to resolve hostname x.example", True),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again_without_being_asked(said: str, passing: bool) -> None:
    assert remark([said], "20").passing is passing
