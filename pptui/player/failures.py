"""Why something is not played, in plain words, from what mpv and ffmpeg say."""

from __future__ import annotations

import re
from collections.abc import Sequence

# MPV_ERROR_NOTHING_TO_PLAY, also what mpv says of a start behind the end of the file.
NOTHING_TO_PLAY = -16

# mpv_error of client.h.
_ERRORS = {
    -14: "the audio device can't be opened",
    -15: "the audio device can't be opened",
    NOTHING_TO_PLAY: "there is no audio in it",
    -17: "this is not audio that mpv knows",
    -18: "this system's mpv can't play it",
}
# What ffmpeg and mpv write to the log, in the order in which it is believed.
_REMARKS = (
    (re.compile(r"HTTP error (401|403)"), "the server does not allow it ({})"),
    (re.compile(r"HTTP error (404|410)"), "it is not on the server any more ({})"),
    (re.compile(r"HTTP error (429)"), "the server asks to come back later ({})"),
    (re.compile(r"HTTP error (\d{3})"), "the server failed ({})"),
    (re.compile(r"resolve hostname", re.IGNORECASE), "the server's name can't be found"),
    (re.compile(r"certificate|handshake", re.IGNORECASE), "the server's certificate is not valid"),
    (re.compile(r"connection refused", re.IGNORECASE), "the server refuses the connection"),
    (re.compile(r"unreachable|no route to host", re.IGNORECASE), "the network can't be reached"),
    (re.compile(r"timed out", re.IGNORECASE), "the server does not answer"),
    (
        re.compile(r"ends prematurely|connection reset|broken pipe|input/output error", re.IGNORECASE),
        "the connection was cut",
    ),
    (re.compile(r"permission denied", re.IGNORECASE), "pptui may not read it"),
)


def remark(lines: Sequence[str]) -> str:
    """What these lines of the log say about the end of a file, in one plain line; "" where nothing."""
    for pattern, words in _REMARKS:
        for text in lines:
            if found := pattern.search(text):
                return words.format(*found.groups())
    return ""


def meaning(error: int) -> str:
    """What an mpv_error means for the listener, in one plain line."""
    return _ERRORS.get(error, "it can't be opened")
