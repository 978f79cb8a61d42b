"""The ends of a head and of a chunked body in a growing buffer. Pure functions, without other validation.

Gunicorn's parser reads the same bytes afterwards and refuses malformed ones.
"""
MAX_SIZE_LINE = 8190
MAX_TRAILER = 64 * 1024
_HEX = frozenset(b'0123456789abcdefABCDEF')


def head_end(data, start=0):
    """Tell if ``data`` has an empty line from ``start`` on; bare line feeds count, and are refused later"""
    return data.find(b'\n\r\n', start) >= 0 or data.find(b'\n\n', start) >= 0


class ChunkScan:
    """Incremental scan of a chunked body (RFC 9112, 7.1) from the beginning of a buffer.

    end: index after the body, None while incomplete; bad: the framing is invalid; received: bytes of payload
    so far.
    """
    __slots__ = ('_position', '_remaining', '_state', '_whole', 'bad', 'end', 'received')

    def __init__(self):
        self._position = 0
        self._remaining = 0
        self._state = self._size
        self._whole = 0
        self.bad = False
        self.end = None
        self.received = 0

    @property
    def over(self):
        return self.bad or self.end is not None

    def feed(self, data):
        """Continue the scan as far as ``data``, the whole buffer, allows"""
        while not self.over and self._state(data):
            pass

    def forget(self, data):
        """Return the number of bytes at the beginning of ``data`` that the scan needs no more.

        The caller removes them: ``end`` and the next ``data`` are relative to the buffer after them.
        """
        passed = min(len(data), self._position + self._remaining) if self.end is None else self.end
        self._position -= passed
        if self.end is not None:
            self.end = 0
        return passed

    def _size(self, data):
        end = data.find(b'\r\n', self._position)
        if end < 0:
            self.bad = len(data) - self._position > MAX_SIZE_LINE
            return False
        digits = bytes(data[self._position:end]).partition(b';')[0].strip(b' \t')
        if not digits or len(digits) > 16 or not _HEX.issuperset(digits):
            self.bad = True
            return False
        self._position = end + 2
        self._remaining = int(digits, 16)
        self._state = self._data if self._remaining else self._trailer
        return True

    def _data(self, data):
        here = len(data) - self._position
        self.received = self._whole + min(here, self._remaining)
        if here < self._remaining + 2:
            return False
        end = self._position + self._remaining
        self.bad = data[end:end + 2] != b'\r\n'
        self._whole = self.received
        self._position = end + 2
        self._remaining = 0
        self._state = self._size
        return not self.bad

    def _trailer(self, data):
        if data.startswith(b'\r\n', self._position):
            self.end = self._position + 2
            return False
        end = data.find(b'\r\n\r\n', self._position)
        if end >= 0:
            self.end = end + 4
        self.bad = end < 0 and len(data) - self._position > MAX_TRAILER
        return False
