"""The request log's writer: batches, failures, fork"""
import os
import time

from trytond.modules.rest.journal import Journal


def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_entries_arrive_in_batches_and_in_order():
    batches = []
    journal = Journal(batches.append, interval=0.05, batch=4)
    for number in range(10):
        journal.add(number)
    assert until(lambda: sum(batches, []) == list(range(10)))
    assert max(map(len, batches)) == 4
    journal.close()


def test_no_thread_before_the_first_entry():
    assert Journal(print)._thread is None


def test_what_fails_is_written_later():
    written, fail = [], [True]

    def write(entries):
        if fail:
            raise OSError("away")
        written.extend(entries)
    journal = Journal(write, interval=0.01, batch=2)
    for number in range(5):
        journal.add(number)
    time.sleep(0.1)
    assert written == []
    fail.clear()
    assert until(lambda: written == list(range(5)))
    journal.close()


def test_the_newest_are_kept_when_there_are_too_many():
    written = []
    journal = Journal(written.extend, interval=60, capacity=3)
    for number in range(10):
        journal.add(number)
    assert journal.flush() and written == [7, 8, 9]
    journal.close()


def test_close_writes_what_is_left():
    written = []
    journal = Journal(written.extend, interval=60)
    journal.add(1)
    journal.close()
    assert written == [1]


def test_it_works_in_a_process_forked_before_the_first_entry(tmp_path):
    log = tmp_path / 'log'
    log.touch()
    journal = Journal(lambda entries: log.write_text(repr(entries)), interval=0.01)
    pid = os.fork()
    if not pid:
        journal.add(1)
        until(log.read_text)
        os._exit(0)
    os.waitpid(pid, 0)
    assert log.read_text() == '[1]'
