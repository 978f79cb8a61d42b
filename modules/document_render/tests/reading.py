"""Extracts texts and positions from a PDF file."""
import io
import re

import pypdf


def pages(content):
    """Return the text of each page, with white space collapsed and zero width spaces removed"""
    return [
        ' '.join(re.sub('[\u200b]', '', page.extract_text()).split())
        for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def text(content):
    return ' '.join(pages(content))


def places(content, page=0):
    """Return [(text, x, y)] of a page, in mm from the left and the top edge of the sheet"""
    found = []
    sheet = pypdf.PdfReader(io.BytesIO(content)).pages[page]

    def visit(text, cm, tm, font, size):
        if text.strip():
            matrix = multiplied(tm, cm)
            found.append((text.strip(), matrix[4] / 72 * 25.4, 297 - matrix[5] / 72 * 25.4))
    sheet.extract_text(visitor_text=visit)
    return found


def multiplied(a, b):
    """Return the product of two PDF matrices"""
    return (
        a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5])
