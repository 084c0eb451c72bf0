"""libmpv itself: where it is, whether it can be used, and with which options it is started.

The one module that imports python-mpv, and not before it is asked to: that costs 0.1 to 0.2 s.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import locale
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pptui import __version__
from pptui.player.install import how_to_install
from pptui.text import line

TIMEOUT = "20"
"""Seconds that a server may be silent, unless the user's options say otherwise."""

# An enclosure is audio and nothing else: mpv opens no file, address, playlist or script beside it,
# and reads no configuration of the user's mpv. What a version of libmpv does not know is left out.
_OPTIONS = {
    "config": "no",
    "terminal": "no",
    "idle": "yes",
    "video": "no",
    "sid": "no",
    "force-window": "no",
    "ytdl": "no",
    "osc": "no",
    "load-scripts": "no",
    "load-stats-overlay": "no",
    "load-osd-console": "no",
    "load-console": "no",
    "load-auto-profiles": "no",
    "load-select": "no",
    "load-positioning": "no",
    "load-commands": "no",
    "load-context-menu": "no",
    "input-default-bindings": "no",
    "input-media-keys": "no",
    "media-controls": "no",
    "resume-playback": "no",
    "save-position-on-quit": "no",
    "autoload-files": "no",
    "audio-file-auto": "no",
    "sub-auto": "no",
    "cover-art-auto": "no",
    "ordered-chapters": "no",
    "access-references": "no",
    "load-unsafe-playlists": "no",
    "directory-mode": "ignore",
    "demuxer-lavf-o": "protocol_whitelist=[http,https,tcp,tls]",
    "audio-client-name": "pptui",
    "user-agent": f"pptui/{__version__}",
    "audio-fallback-to-null": "yes",
    "audio-pitch-correction": "yes",
    "gapless-audio": "no",
    "hr-seek": "yes",
    # An MP3 frame borrows bits from those before it: without these its first 0.1 s would be silent.
    "hr-seek-demuxer-offset": "0.5",
    "volume-max": "100",
    # A server without ranges: mpv goes ahead by reading on, and back within what it still has.
    "force-seekable": "yes",
    "network-timeout": TIMEOUT,
    "demuxer-max-bytes": "32MiB",
    "demuxer-max-back-bytes": "16MiB",
}
# Changing these in the config would take the screen or the engine's own footing away.
_RESERVED = frozenset(
    {"config", "force-window", "idle", "input-terminal", "keep-open", "pause", "start", "terminal"}
)

# mpv does not check certificates unless told to, and then needs the system's own list.
_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)

_LIBRARIES = (
    (
        "libmpv.2.dylib",
        "libmpv.dylib",
        "/opt/homebrew/lib/libmpv.dylib",
        "/usr/local/lib/libmpv.dylib",
        "/opt/local/lib/libmpv.dylib",
    )
    if sys.platform == "darwin"
    else ("libmpv.so.2", "libmpv.so.1")
)

LogCall = Callable[[str, str, str | bytes], None]


class Unusable(OSError):
    """libmpv is not here or can't be used; the text is one plain line that says what to do about it."""


def load() -> Any:
    """The module `mpv`, with its libmpv found and loaded. Raises Unusable; the next call looks again."""
    with _explained(), _library_found():
        import mpv
    # mpv does not start under another one, and whoever set it meant other things than numbers.
    locale.setlocale(locale.LC_NUMERIC, "C")
    return mpv


def start(options: Mapping[str, str], log: LogCall) -> tuple[Any, list[tuple[str, str]]]:
    """A core with `options`, mpv's own by name, on top of pptui's; and those it does not take, each
    with the reason why not.

    `log` gets level, module and text of each line from a warning up, on mpv's event thread. Raises
    Unusable."""
    with _explained():
        mpv = load()
        accepted, _ = _accepted(mpv, _OPTIONS | _certificates())
        theirs, refused = _accepted(mpv, {k: v for k, v in options.items() if k not in _RESERVED})
        refused += [(name, "pptui sets it itself") for name in options if name in _RESERVED]
        return mpv.MPV(log_handler=log, loglevel="warn", **accepted | theirs), refused


def gone(problem: Exception) -> bool:
    """Whether this is what is raised by a core that has ended."""
    mpv = sys.modules.get("mpv")
    return mpv is not None and isinstance(problem, mpv.ShutdownError)


def version() -> str:
    """What this system's mpv calls itself. Raises Unusable."""
    with _explained():
        core = load().MPV(video=False, audio=False)
    try:
        return line(core.mpv_version, 100)
    finally:
        core.terminate()


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Unusable:
        raise
    except OSError:
        raise Unusable(how_to_install()) from None
    except (ImportError, RuntimeError, AttributeError) as error:
        raise Unusable(f"this system's libmpv can't be used: {line(error, 200)}") from error


def _certificates() -> dict[str, str]:
    for path in (os.environ.get("SSL_CERT_FILE", ""), *_CERTIFICATES):
        if path and os.path.isfile(path):
            return {"tls-verify": "yes", "tls-ca-file": path}
    return {}


@contextlib.contextmanager
def _library_found() -> Iterator[None]:
    # The standard library's search starts a compiler or two, and knows neither musl nor Homebrew;
    # asking the loader itself is quicker and finds more.
    search = ctypes.util.find_library

    def find(name: str) -> str | None:
        for candidate in _LIBRARIES if name == "mpv" else ():
            if _loaded(candidate):
                return candidate
        return search(name)

    ctypes.util.find_library = find
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _loaded(library: str) -> bool:
    """Have the system's loader load a library, which then stays; False where there is none.

    `ctypes.CDLL` holds up all of Python's threads meanwhile, 0.1 to 0.2 s for libmpv and what it is made
    of. A call of a C function does not, and finding the library loaded already takes `CDLL` no time."""
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    return bool(dlopen(os.fsencode(library), os.RTLD_NOW | os.RTLD_LOCAL))


def _accepted(mpv: Any, options: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The options that this libmpv takes, and the others with the reason why not.

    python-mpv gives up at the first one that is wrong and leaves its core behind, so they are tried
    on a core that is never started; that costs 5 ms.
    """
    taken: dict[str, str] = {}
    refused: list[tuple[str, str]] = []
    handle = mpv._mpv_create()
    if not handle:
        raise RuntimeError("mpv can't be started")
    try:
        for name, value in options.items():
            try:
                mpv._mpv_set_option_string(handle, name.encode(), value.encode())
                taken[name] = value
            except AttributeError:
                refused.append((name, "mpv has no such option"))
            except (TypeError, ValueError, RuntimeError, SystemError):
                refused.append((name, f"{value!r} is not one of its values"))
    finally:
        mpv._mpv_terminate_destroy(handle)
    return taken, refused
