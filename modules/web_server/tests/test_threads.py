import queue
import threading

from trytond.modules.web_server.threads import Threads


def test_work_is_done_by_several_at_once_and_the_threads_end():
    meet, done, threads = threading.Barrier(4, timeout=10), queue.SimpleQueue(), Threads(4)

    def work(number):
        meet.wait()
        done.put((number, threading.current_thread()))
    for number in range(8):
        threads.submit(work, number)
    threads.shutdown()
    found = dict(done.get(timeout=10) for _ in range(8))
    assert sorted(found) == list(range(8))
    for thread in found.values():
        thread.join(10)
        assert not thread.is_alive()


def test_one_thread_keeps_the_order():
    done, threads = queue.SimpleQueue(), Threads(1)
    for number in range(50):
        threads.submit(done.put, number)
    threads.shutdown()
    assert [done.get(timeout=10) for _ in range(50)] == list(range(50))
