"""The web worker: a gunicorn worker with its own poller, and the WSGI application that it runs.

``worker`` is the gunicorn worker: ``connection`` holds the buffers and time limits of a client, ``framing``
finds the ends of heads and chunked bodies, ``gate`` limits the threads of a tenant, ``threads`` is the thread
pool. ``wsgi`` builds the application.
"""
