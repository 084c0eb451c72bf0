"""Why something is not played, in plain words, from what mpv and ffmpeg say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# MPV_ERROR_NOTHING_TO_PLAY, also what mpv says of a start behind the end of the file.
NOTHING_TO_PLAY = -16

# MPV_ERROR_UNKNOWN_FORMAT: something came.
_UNKNOWN_FORMAT = -17

_DEVICE = (-14, -15)
# mpv_error of client.h.
_ERRORS = {
    -14: "the audio device can't be opened",
    -15: "the audio device can't be opened",
    NOTHING_TO_PLAY: "there is no audio in the file",
    _UNKNOWN_FORMAT: "this is not audio that mpv knows",
    -18: "this system's mpv can't play the audio",
}


class Remark(NamedTuple):
    """Why a file ended, in one plain line, "" where nothing is known; and whether that may pass by itself."""

    text: str = ""
    passing: bool = False


# What ffmpeg and mpv write to the log, in the order in which it is believed; and whether it may pass by
# itself, as when a network is not there for a while.
_REMARKS = (
    (re.compile(r"HTTP error (401|403)"), "the server does not allow it ({})", False),
    (re.compile(r"HTTP error (404|410)"), "the audio is not on the server any more ({})", False),
    (re.compile(r"HTTP error (429)"), "the server asks to come back later ({})", False),
    (re.compile(r"HTTP error (5\d\d)"), "the server failed ({})", True),
    (re.compile(r"HTTP error (\d{3})"), "the server failed ({})", False),
    (re.compile(r"resolve hostname", re.IGNORECASE), "the server's name can't be found", True),
    (re.compile(r"certificate", re.IGNORECASE), "the server's certificate is not valid", False),
    (re.compile(r"connection refused", re.IGNORECASE), "the server refuses the connection", True),
    (re.compile(r"unreachable|no route to host", re.IGNORECASE), "the network can't be reached", True),
    (re.compile(r"timed out", re.IGNORECASE), "no answer within {timeout} s", True),
    (re.compile(r"handshake", re.IGNORECASE), "no encrypted connection", True),
    (
        re.compile(r"ends prematurely|connection reset|broken pipe|input/output error", re.IGNORECASE),
        "the connection was cut",
        True,
    ),
    (re.compile(r"permission denied", re.IGNORECASE), "pptui may not read the file", False),
)


def remark(lines: Sequence[str], timeout: str) -> Remark:
    """What these lines of the log say about the end of a file; `timeout` is mpv's, in seconds."""
    for pattern, words, passing in _REMARKS:
        for text in lines:
            if found := pattern.search(text):
                return Remark(words.format(*found.groups(), timeout=timeout), passing)
    return Remark()


def silence(timeout: str, seconds: float, error: int) -> Remark:
    """What is said of a server that was waited for so long until this mpv_error.

    `timeout` is mpv's, in seconds. Of one that says nothing, or nothing more, no line of the log tells."""
    try:
        over = 0 < float(timeout) <= seconds
    except ValueError:
        over = False
    # What came may be audio that was to go on, or a lot of something else: mpv does not tell.
    what = "audio" if error == _UNKNOWN_FORMAT else "answer"
    return Remark(f"no {what} within {timeout} s", True) if over else Remark()


def meaning(error: int) -> Remark:
    """What an mpv_error means for the listener."""
    return Remark(_ERRORS.get(error, "the audio can't be opened"), error in _DEVICE)
