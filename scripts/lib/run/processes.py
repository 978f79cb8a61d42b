"""Find and end processes left behind by an earlier run. Standard library only.

Every descendant of scripts/serve has MARK=DATA in its environment. A process with the mark is an orphan while
no process holds the lock of DATA.
"""
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = 'KONTOR_INSTANCE'
_PROC = Path('/proc')


def visible():
    """Tell if the system has a /proc filesystem."""
    return (_PROC / 'self').exists()


def alive(pid):
    """Tell if a process exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = (_PROC / str(pid) / 'stat').read_text().rpartition(')')[2].split()[0]
    except (OSError, IndexError):
        return not visible()
    return state not in {'Z', 'X'}


def seconds(pid):
    """Return the seconds of CPU a process has used, to the hundredth"""
    fields = (_PROC / str(pid) / 'stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def marked(data):
    """Return the pids of the processes of a DATA folder, without this one."""
    wanted = f'{MARK}={data}'.encode()
    return [
        int(path.name) for path in _PROC.glob('[0-9]*')
        if int(path.name) != os.getpid() and wanted in _environment(path)]


def _environment(path):
    try:
        return (path / 'environ').read_bytes().split(b'\0')
    except OSError:
        return []


def working_in(folder):
    """Return the pids of the processes whose working directory is `folder`."""
    found = []
    for path in _PROC.glob('[0-9]*'):
        with suppress(OSError):
            if os.readlink(path / 'cwd') == str(folder):
                found.append(int(path.name))
    return found


def send(pids, number):
    """Send a signal to the processes that still exist."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def wait(pids, seconds):
    """Return the processes that are still alive after at most `seconds`."""
    until = time.monotonic() + seconds
    while True:
        pids = [pid for pid in pids if alive(pid)]
        if not pids or time.monotonic() > until:
            return pids
        time.sleep(0.05)


def end(pids, *steps):
    """Send one signal after the other until all have ended; return the remaining pids.

    steps: (signal, seconds to wait after it).
    """
    for number, seconds in steps or ((signal.SIGTERM, 2), (signal.SIGKILL, 2)):
        if not pids:
            break
        send(pids, number)
        pids = wait(pids, seconds)
    return pids
