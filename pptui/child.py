"""A process beside this one, for work that would hold up the screen; it ends when this one does.

`python -m pptui.child NICENESS PIPE MODULE ARGUMENT…` is that process: it calls `main` of a module of ours.
PIPE is a descriptor, of which the process that began it has the other end, and by whose end it is killed. On
macOS it isn't, and ends when it next reads or writes.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from importlib import import_module

# Each feed needs as much memory as the last: to give it back in between, and have it anew, costs more than
# all else that the system does for the process (glibc, mallopt(3); other libraries don't look at it).
_KEEPING = {"MALLOC_MMAP_THRESHOLD_": str(8 * 1024**2), "MALLOC_TRIM_THRESHOLD_": str(32 * 1024**2)}


class Child:
    """A process that calls `main` of a module with these arguments; `stdin` and `stdout` are its pipes.

    `niceness` is as nice(2) has it: the screen and what plays go first. Raises OSError where there can be
    no process."""

    def __init__(self, niceness: int, module: str, *arguments: str) -> None:
        # By its end the other process knows that this one is no more.
        theirs, self._alive = os.pipe()
        try:
            self.process = subprocess.Popen(
                # -P: the folder one happens to be in must not offer its own modules.
                [sys.executable, "-P", "-m", __name__, str(niceness), str(theirs), module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_KEEPING, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                bufsize=0,
                pass_fds=(theirs,),
                # Ctrl-C and the end of the terminal are for us, who know what to do about it. No session of
                # its own: POSIX wakes what is stopped in a process group that our end makes an orphan, and
                # that group would have been one from the beginning.
                process_group=0,
            )
        except BaseException:
            os.close(self._alive)
            raise
        finally:
            os.close(theirs)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def kill(self) -> None:
        """End it at once; from any thread, and never waits."""
        self.process.kill()

    def close(self) -> None:
        """End it at once, and let go of it."""
        self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()
        os.close(self._alive)


def main() -> None:
    niceness, other, module, *arguments = sys.argv[1:]
    with suppress(OSError):
        os.nice(int(niceness))
    _end_with(int(other))
    import_module(module).main(*arguments)


def _end_with(other: int) -> None:
    """Die with whoever has the other end of that pipe, also in the middle of a library's work."""
    # Nothing is ever written to it. All that can come is its end, and that sends SIGIO, of which one dies.
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(other, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(other, fcntl.F_SETFL, fcntl.fcntl(other, fcntl.F_GETFL) | fcntl.FASYNC)
    ended = select.poll()
    ended.register(other, 0)
    if ended.poll(0):
        os._exit(0)


if __name__ == "__main__":
    main()
