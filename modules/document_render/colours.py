"""Colours that are readable on white paper, whichever colours a template sets (WCAG 2.2, 1.4.3)."""
import re

HEX = re.compile('#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})')
LARGE, SMALL = 3.0, 4.5     # least contrast of large and of small text


def parse(colour, default):
    """Return (r, g, b), 0–255, of #RGB, #RRGGBB or #RRGGBBAA laid on white"""
    if not HEX.fullmatch(colour):
        colour = default
    digits = colour[1:]
    if len(digits) == 3:
        digits = ''.join(digit * 2 for digit in digits)
    red, green, blue, *alpha = bytes.fromhex(digits)
    opacity = alpha[0] / 255 if alpha else 1
    return tuple(round(255 + (part - 255) * opacity) for part in (red, green, blue))


def luminance(rgb):
    linear = [
        part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(rgb):
    """Return the contrast to white, 1 to 21"""
    return 1.05 / (luminance(rgb) + 0.05)


def readable(colour, default, least):
    """Return the colour as #rrggbb, darkened until it has the least contrast"""
    rgb = parse(colour, default)
    while contrast(rgb) < least:
        rgb = tuple(int(part * 0.94) for part in rgb)
    return '#%02x%02x%02x' % rgb


def plain(colour, default):
    """Return the colour as #rrggbb, for rules and areas"""
    return '#%02x%02x%02x' % parse(colour, default)
