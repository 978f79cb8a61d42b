"""If-Match and If-None-Match (RFC 9110, 13.1): entity tags without quotes against header values"""
import re

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def if_match_holds(header, tag):
    """Tell if a change may go on: strong comparison, so a weak tag never matches"""
    if header.strip() == '*':
        return True
    return any(found[2] == tag and not found[1] for found in _TAG.finditer(header))


def not_modified(header, tag):
    """Tell if the caller has this version already: weak comparison"""
    if not header:
        return False
    if header.strip() == '*':
        return True
    return any(found[2] == tag for found in _TAG.finditer(header))
