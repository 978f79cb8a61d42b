"""Spools and windows: in memory first, then in a file without a name"""
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.rest import spool
from trytond.modules.rest.spool import IN_MEMORY, NoRoom, Spool, Window, unnamed


@given(st.lists(st.binary(max_size=30), max_size=12), st.integers(1, 100), st.integers(0, 100))
def test_bytes_are_where_they_were_put(pieces, size, start):
    data = b''.join(pieces)
    kept = Spool(in_memory=50)
    for piece in pieces:
        kept.append(piece)
        kept.read(0, 1)
    assert (kept.size, kept.read(start, size)) == (len(data), data[start:start + size])
    kept.close()


def test_it_goes_to_a_file_when_it_is_large(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, 'folder', lambda: str(tmp_path))
    kept = Spool()
    kept.append(b'x' * IN_MEMORY)
    assert not kept.on_disk
    kept.append(b'y')
    assert kept.on_disk and kept.read(IN_MEMORY - 1, 9) == b'xy'
    assert list(tmp_path.iterdir()) == []
    kept.close()


def test_an_unnamed_file_has_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, 'folder', lambda: str(tmp_path))
    with unnamed() as file:
        assert str(tmp_path) in os.readlink(f'/proc/self/fd/{file.fileno()}')
        assert list(tmp_path.iterdir()) == []


def test_no_room(monkeypatch, tmp_path):
    monkeypatch.setattr(spool, 'folder', lambda: str(tmp_path / 'nowhere'))
    with pytest.raises(NoRoom):
        unnamed()
    with pytest.raises(NoRoom):
        Spool().append(b'x' * (IN_MEMORY + 1))


def test_a_window_is_a_file():
    kept = Spool()
    kept.append(b'before' + b'0123456789' + b'after')
    window = io.BufferedReader(Window(kept, 6, 10))
    assert window.read(3) == b'012' and window.tell() == 3
    assert (window.seek(-2, io.SEEK_END), window.read(), window.read(1)) == (8, b'89', b'')
    assert (window.seek(20), window.read(1)) == (20, b'')
    assert (window.seek(1), window.seek(2, io.SEEK_CUR), window.read(1)) == (1, 3, b'3')
    assert io.BufferedReader(Window(kept, 0, 0)).read() == b''
