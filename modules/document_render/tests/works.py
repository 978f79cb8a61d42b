"""Kinds of work for tests of the document process, independent of documents"""
from trytond.modules.document_render.errors import DocumentError

done_ahead = []


class OfAnotherModule(DocumentError):
    pass


class Echo:
    """Answers with the job and the ``ahead`` tasks done before it"""

    def __call__(self, job):
        if job == b'known':
            raise OfAnotherModule('told in full')
        return job + b' '.join([b'', *done_ahead])

    @property
    def ahead(self):
        for name in (b'first', b'second'):
            done_ahead.append(name)
            yield
        raise OfAnotherModule('the job that needs this will say so')


def echo(root):
    return Echo()
