"""What it takes to play: memory, and CPU above mpv's own with the list open and nothing pressed."""

from __future__ import annotations

import json
import wave
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic

from benching import lines, peers
from benching.bench import Bench, Trouble, say
from benching.lines import Line
from benching.places import PPTUI, Home
from benching.running import cpu_now, memory_now
from benching.starting import ROW
from benching.terminal import Terminal, pump_all

MEMORY = 120e6
SHARE = 0.03
_MINUTES = 10
_RATE = 44_100


def sound(file: Path) -> Path:
    """Ten minutes of quiet noise, 16 bits and two channels, as WAV."""
    if not file.exists():
        chance = Random("pptui")
        part = file.with_suffix(".part")
        second = b"".join(
            chance.randrange(-300, 300).to_bytes(2, "little", signed=True) for _ in range(2 * _RATE)
        )
        with wave.open(str(part), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(_RATE)
            for _ in range(_MINUTES * 60):
                out.writeframes(second)
        part.rename(file)
    return file


def _playing(bench: Bench, home: Home, file: Path) -> Terminal:
    """pptui with the library open, playing. Raises Trouble where it says that it does not."""
    terminal = Terminal([*PPTUI, "play", str(file)], home.environment)
    terminal.wait(file.stem)
    terminal.settle(0.5, patience=3.0)
    mark = terminal.mark
    terminal.write("\x1b")
    terminal.wait(ROW, mark=mark)
    pump_all([terminal], 6.0)  # until a position was written
    said = bench.pptui(home, "status", "--json").output
    with suppress(ValueError, TypeError, KeyError):
        if json.loads(said)["playing"]:
            return terminal
    terminal.end()
    raise Trouble(f"pptui does not play: {said}")


def memory(bench: Bench) -> list[Line]:
    say("memory: playing, library open")
    home = bench.whole.copied(bench.scratch().folder)
    with _playing(bench, home, sound(bench.places.work / "noise.wav")) as terminal:
        for key in ("G", "g", "\x1b[6~", "\x1b[6~", "j"):
            terminal.write(key)
            pump_all([terminal], 0.5)
        pump_all([terminal], 4.0)
        found = memory_now(terminal.pid)
    if found is None:
        raise Trouble("memory is only measured where there is /proc")
    rss, pss = found
    return [
        bench.judged(
            f"memory with {bench.total:,} episodes, playing",
            f"{lines.megabytes(rss)} (shared pages divided: {lines.megabytes(pss)})",
            "≤ 120 MB",
            rss <= MEMORY,
        )
    ]


def idle(bench: Bench) -> list[Line]:
    mpv = peers.from_system("mpv")
    seconds = bench.times.idle
    say(f"idle: pptui and mpv side by side for {seconds:.0f} s")
    home = bench.whole.copied(bench.scratch().folder)
    file = sound(bench.places.work / "noise.wav")
    command = [mpv, "--no-config", "--no-video", "--ao=null", str(file)]
    with _playing(bench, home, file) as ours, Terminal(command, bench.none.environment) as theirs:
        pump_all([ours, theirs], 3.0)
        before, began = (cpu_now(ours.pid), cpu_now(theirs.pid)), monotonic()
        pump_all([ours, theirs], seconds)
        after, took = (cpu_now(ours.pid), cpu_now(theirs.pid)), monotonic() - began
    if before[0] is None or before[1] is None or after[0] is None or after[1] is None:
        raise Trouble("CPU while playing is only measured where there is /proc")
    share, alone = (after[0] - before[0]) / took, (after[1] - before[1]) / took
    return [
        Line(
            "playing, list open, nothing pressed: CPU above mpv's",
            f"{share - alone:.1%} of a core (pptui {share:.1%}, mpv {alone:.1%})",
            "≤ 3 % of a core",
            share - alone <= SHARE,
        )
    ]
