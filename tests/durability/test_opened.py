"""What is served where audio was promised opens nothing else: no file, no other protocol, no other server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui.player import engine
from pptui.player.events import Ended, Opened, Started
from tests.durability.tally import LONG, Tally, size
from tests.player.desk import Ear
from tests.server import Server

TONES = Path(__file__).parents[1] / "player" / "tones.mp3"

LISTS = {
    "m3u": "#EXTM3U\n{}\n",
    "txt": "{}\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
    "hls of hls": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{}\n",
    "hls key": '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="{0}"\n#EXTINF:9,\n{0}\n',
    "pls": "[playlist]\nFile1={}\nNumberOfEntries=1\n",
    "cue": 'FILE "{}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "edl": "# mpv EDL v0\n{}\n",
    "ffconcat": "ffconcat version 1.0\nfile '{}'\n",
    "asx": '<asx version="3.0"><entry><ref href="{}"/></entry></asx>',
    "reference": "[Reference]\nRef1={}\n",
    "xspf": '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
    "<location>{}</location></track></trackList></playlist>",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"'
    ' profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT9S"><Period>'
    '<AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=audio 5004 RTP/AVP 0\na=control:{}\n",
    "rtsp": "rtsptext\n{}\n",
}
"""What players take for a list of other things to open."""

KINDS = (
    "audio/mpeg",
    "application/vnd.apple.mpegurl",
    "audio/x-mpegurl",
    "application/dash+xml",
    "audio/x-scpls",
)

ELSEWHERE = (
    "file://{tones}",
    "{tones}",
    "concat:{other}|{other}",
    "subfile,,start,0,end,0,,:file:{tones}",
    "crypto:file:{tones}",
    "data:audio/mpeg;base64,SUQz",
    "ftp://127.0.0.1:{port}/x",
    "tcp://127.0.0.1:{port}",
    "tls://127.0.0.1:{port}",
    "udp://127.0.0.1:{port}",
    "rtmp://127.0.0.1:{port}/",
    "hls+{other}",
    "edl://{tones}",
    "lavf://file:{tones}",
    "av://lavfi:sine",
    "memory://ID3",
    "fd://0",
    "smb://127.0.0.1/x",
    "cdda://",
    "javascript:1",
)
"""Where a redirect could send mpv."""


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    # Each time it ends without a line in the log, which is waited for.
    monkeypatch.setattr(engine, "_LATE", 0.02)
    made = Ear()
    yield made
    made.engine.close()


def ended(ear: Ear, number: int, source: str) -> str:
    """What is said of it, and that nothing was played."""
    ear.engine.load(number, source)
    event = ear.wait((Ended, Opened, Started))  # type: ignore[arg-type]
    assert isinstance(event, Ended), (source, event)
    return event.message


def test_a_list_of_other_things_in_place_of_audio_opens_none_of_them(
    ear: Ear, server: Server, tally: Tally
) -> None:
    with Server() as other:
        other.add("/other.mp3", TONES.read_bytes(), content_type="audio/mpeg")
        number = 0
        for name, text in LISTS.items():
            targets = [other.url("/other.mp3"), str(TONES), TONES.as_uri()]
            for turn, target in enumerate(size(targets[: 1 + number % 2], targets)):
                path = f"/{name.split()[0]}.{('mp3', name.split()[0])[turn % 2]}"
                for kind in KINDS if LONG else KINDS[turn : turn + 1]:
                    number += 1
                    server.add(path, text.format(target), content_type=kind)
                    message = ended(ear, number, server.url(path))
                    assert message in {"this is not audio that mpv knows", "it is a playlist, not audio"}
        assert other.requests == []
        tally.add(inputs=number)


def test_a_redirect_leads_mpv_to_no_other_protocol(ear: Ear, server: Server, tally: Tally) -> None:
    with Server() as other:
        other.add("/other.mp3", TONES.read_bytes(), content_type="audio/mpeg")
        places = {"tones": TONES, "other": other.url("/other.mp3"), "port": other.port}
        for number, place in enumerate(ELSEWHERE, 1):
            server.redirect("/episode.mp3", place.format(**places))
            assert ended(ear, number, server.url("/episode.mp3"))
        assert other.requests == []
        tally.add(inputs=len(ELSEWHERE))
