"""Bytes that are too many for memory: unnamed temporary files, and windows on them.

An unnamed file stands in no folder (O_TMPFILE; a file system without it has the name removed at once), so it
is gone when it is closed or its process ends, also by SIGKILL. Its folder is ``[rest] spool`` of the
configuration, else the run folder of the instance, else the machine's folder of temporary files.
"""
import contextlib
import io
import tempfile

from trytond import config

IN_MEMORY = 512 * 1024
"""Bytes of a body that stay in memory"""
PIECE = 64 * 1024
"""Bytes that are read or written at a time"""
RETRY_AFTER = 2
"""Seconds after which there may be room again"""


class NoRoom(Exception):
    """The file system takes no more"""


def folder():
    """Return the folder of temporary files, None for the machine's own"""
    return (
        config.get('rest', 'spool', default='') or config.get('kontor', 'run', default='') or None)


@contextlib.contextmanager
def writing():
    """Raise NoRoom where a file cannot be made or written"""
    try:
        yield
    except OSError as error:
        raise NoRoom(str(error)) from error


def unnamed():
    """Return an unnamed temporary file, unbuffered; raises NoRoom"""
    with writing():
        return tempfile.TemporaryFile(dir=folder(), buffering=0)


class Spool:
    """A growing sequence of bytes: in memory up to IN_MEMORY, from then on in an unnamed file"""

    def __init__(self, in_memory=IN_MEMORY):
        self._file = tempfile.SpooledTemporaryFile(in_memory, dir=folder())     # noqa: SIM115
        self.size = 0

    def append(self, data):
        """Add bytes at the end; raises NoRoom"""
        with writing():
            self._file.seek(self.size)
            self._file.write(data)
        self.size += len(data)

    def read(self, start, size):
        """Return up to ``size`` bytes from ``start`` on"""
        self._file.seek(start)
        return self._file.read(size)

    @property
    def on_disk(self):
        return self._file._rolled

    def close(self):
        self._file.close()


class Window(io.RawIOBase):
    """A binary file for reading: ``size`` bytes of a Spool from ``start`` on"""

    def __init__(self, spool, start, size):
        self._spool = spool
        self._start = start
        self._size = size
        self._position = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self):
        return self._position

    def readinto(self, buffer):
        wanted = min(len(buffer), max(0, self._size - self._position))
        data = self._spool.read(self._start + self._position, wanted) if wanted else b''
        buffer[:len(data)] = data
        self._position += len(data)
        return len(data)
