"""Programs run to their end, and what a running one takes: seconds and bytes, from the kernel."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds on the clock and of CPU (user and system, with its children), the most memory in bytes."""

    wall: float
    cpu: float
    peak: int
    code: int
    output: str


def run(command: Sequence[str], environment: Mapping[str, str], *, limit: float = 900.0) -> Ran:
    """Run a program to its end; it is killed after `limit` seconds, and `code` is negative then."""
    with tempfile.TemporaryFile() as output:
        began = monotonic()
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        watch = threading.Timer(limit, process.kill)
        watch.start()
        try:
            # Popen's own wait does not tell what the process took.
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            watch.cancel()
        wall = monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    # Linux counts kilobytes here, macOS bytes.
    unit = 1024 if os.uname().sysname == "Linux" else 1
    cpu = usage.ru_utime + usage.ru_stime
    return Ran(wall, cpu, usage.ru_maxrss * unit, process.returncode, said)


def cpu_now(pid: int) -> float | None:
    """Seconds of CPU that all threads of a running process took so far; None where /proc does not tell."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except (OSError, ValueError, IndexError):
        return None


def memory_now(pid: int) -> tuple[int, int] | None:
    """Bytes in memory: all pages (RSS), and with shared ones divided among their sharers (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return None
    fields = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    return fields["Rss"], fields["Pss"]
