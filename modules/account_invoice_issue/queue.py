"What must be final within the transaction is done at once, not handed to a worker that comes later"
from trytond.pool import PoolMeta
from trytond.transaction import without_check_access

AT_ONCE = {'account.invoice': {'process', 'print_invoice'}}
"Model → methods that stock puts into the queue and that run here instead"


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
            records = self.__model.browse(list(map(int, records)))
            if records:
                with without_check_access():
                    getattr(self.__model, name)(records)
        return run
