"""The application for gunicorn, loaded once before the workers are forked.

Databases: TRYTOND_DATABASE_NAMES (separated by commas); configuration: TRYTOND_CONFIG. The pools of modules
are loaded here and their connections closed again, since neither connections nor threads survive a
fork.
"""
import csv
import gc
import logging
import os
import threading

from trytond import backend, config
from trytond.pool import Pool

from trytond.modules.rest.application import PATIENCE, assemble
from trytond.modules.rest.gateway import Gateway
from trytond.modules.rest.installed import contracts
from trytond.modules.rest.limiter import Limiter
from trytond.modules.rpc.application import Rpc

logging.basicConfig(
    level=int(os.environ.get('TRYTOND_LOGGING_LEVEL') or logging.WARNING),
    format='%(process)s %(thread)s [%(asctime)s] %(levelname)s %(name)s %(message)s')
logging.captureWarnings(True)


def load(databases):
    """Load the pools of the databases; raise RuntimeError if a thread is left running"""
    Pool.start()
    for name in databases:
        Pool(name).init()
        backend.Database(name).close()
    if len(threads := threading.enumerate()) != 1:
        raise RuntimeError(f"{len(threads)} threads are running after the pools were loaded")


def build(databases, found=None):
    """Return the application for some databases"""
    found = contracts() if found is None else found
    gateway = Gateway(databases)
    return assemble(
        found, gateway, limiter=Limiter(config.get('rest', 'limits', default='memory://')),
        rpc=Rpc(gateway), proxies=config.getint('web', 'num_proxies', default=0),
        patience=config.getint('rest', 'patience', default=PATIENCE))


names = next(csv.reader([os.environ.get('TRYTOND_DATABASE_NAMES', '')]), [])
load(names)
application = build(names)

# Frozen, loaded objects are neither scanned by the garbage collector nor copied on write in the workers
gc.collect()
gc.freeze()
