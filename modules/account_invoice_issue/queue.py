"""What must be final within the transaction is done at once, not handed to a worker that comes later"""
import contextlib
from contextvars import ContextVar

from trytond.pool import PoolMeta
from trytond.transaction import without_check_access

AT_ONCE = {'account.invoice': {'process', 'print_invoice'}}
"""Model → methods that stock puts into the queue and that run here instead"""
_waiting = ContextVar('kontor_waiting', default=None)


@contextlib.contextmanager
def at_the_end():
    """Within, what runs at once waits until the end of the block.

    For stock's steps that reconcile first and say what else is owed afterwards.
    """
    waiting = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for run, records in waiting:
        run(records)


class Queue(metaclass=PoolMeta):
    __name__ = 'ir.queue'

    @classmethod
    def caller(cls, model):
        caller = super().caller(model)
        methods = AT_ONCE.get(model.__name__)
        return _Caller(model, methods, caller) if methods else caller


class _Caller:
    def __init__(self, model, methods, later):
        self.__model = model
        self.__methods = methods
        self.__later = later

    def __getattr__(self, name):
        if name not in self.__methods:
            return getattr(self.__later, name)

        def run(records):
            if (waiting := _waiting.get()) is not None:
                waiting.append((run, records))
                return
            records = self.__model.browse(list(map(int, records)))
            if records:
                with without_check_access():
                    getattr(self.__model, name)(records)
        return run
