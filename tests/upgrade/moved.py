"""The application of ``config/gunicorn.conf.py`` on the day on which the data of the fixture were made"""
import contextlib
import datetime as dt
import importlib
import runpy

from trytond.modules.kernel import clock

NOW = dt.datetime(2026, 5, 18, 10, 0, tzinfo=dt.UTC)
_day = contextlib.ExitStack()
_day.enter_context(clock.at(NOW))
_module, _, _name = runpy.run_path('config/gunicorn.conf.py')['wsgi_app'].partition(':')
application = getattr(importlib.import_module(_module), _name)
