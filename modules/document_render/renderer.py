"""Document in, PDF out, within this process.

The template directory is copied into a private root, so that a template can read only itself and the logos
written there. The compiler caches fonts, templates, logos and repeated parts of a layout, so one renderer is
made and used for many documents.
"""
import hashlib
import json
import pickle
import shutil
from functools import partial
from pathlib import Path

import typst

from . import fonts, glyphs, sample
from .errors import DocumentBroken
from .logo import printable
from .present import present

TEMPLATES = Path(__file__).parent / 'typst'
STANDARDS = ['a-3a', 'ua-1']
LOGO_WIDTH, LOGO_HEIGHT = 60, 24        # millimetres at most
KEPT_LOGOS = 32


def warm(root):
    """Return the work of a document process: a pickled (`Document`, finish or None) to its file. A sample was
    typeset before, so that the first real document is as fast as later ones.
    """
    renderer = Renderer(root)
    renderer.render(sample.DOCUMENT)
    glyphs.charset(glyphs.LATE)
    return partial(_work, renderer)


def _work(renderer, job):
    document, finish = pickle.loads(job)
    content = renderer.render(document)
    return finish(content) if finish else content


class Renderer:
    """``root`` is an empty directory used by this renderer alone"""

    def __init__(self, root):
        fonts.check()
        self.root = Path(root)
        for template in TEMPLATES.glob('*.typ'):
            shutil.copyfile(template, self.root / template.name)
        self.logos = {}     # cache: SHA-256 → the template's data of a logo
        self.compiler = typst.Compiler(
            str(self.root / 'document.typ'), root=str(self.root),
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False,
                font_paths=fonts.folders()),
            ignore_system_fonts=True)

    def render(self, document, **options):
        """Return the PDF/A-3a and PDF/UA-1 file. ``options`` are the compiler's, for viewing pages:
        format='png' gives one picture per page.

        Raises DocumentBroken, LogoBroken.
        """
        logo = self.logo(document.style.logo)
        failures = []
        for way in glyphs.WAYS:
            data = present(document, way) | {'logo': logo}
            try:
                return self.compile(data, document.finalised_at, options)
            except typst.TypstError as error:
                failures.append(error)
        raise DocumentBroken(failures[0].message) from failures[0]

    def compile(self, data, finalised_at, options):
        if finalised_at.tzinfo is None:
            raise TypeError('finalised_at needs a time zone')
        options = options or {'format': 'pdf', 'pdf_standards': STANDARDS}
        return self.compiler.compile(
            sys_inputs={'data': json.dumps(data)},
            timestamp=int(finalised_at.timestamp()), **options)

    def logo(self, content):
        if content is None:
            return None
        key = hashlib.sha256(content).hexdigest()
        if key not in self.logos:
            self.forget_logos()
            self.logos[key] = self.store_logo(key, content)
        return self.logos[key]

    def forget_logos(self):
        while len(self.logos) >= KEPT_LOGOS:
            oldest = next(iter(self.logos))
            (self.root / self.logos.pop(oldest)['path']).unlink()

    def store_logo(self, key, content):
        content, image = printable(content)
        name = f'{key}.{image.format.lower()}'
        (self.root / name).write_bytes(content)
        scale = min(LOGO_WIDTH / image.width, LOGO_HEIGHT / image.height)
        return {'path': name, 'width': image.width * scale, 'height': image.height * scale}
