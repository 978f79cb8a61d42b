"""The web worker: gunicorn's threads with a poller of our own, and the WSGI application that it runs."""
