"""Secrets of tenants at rest: encrypted with a key that the database does not hold.

AES-256-GCM with a random nonce per value. What a value is for (tenant and name) is authenticated with it,
so that a value moved to another row cannot be opened there. The key is ``[kontor] secret_key`` of the
configuration (base64 of 32 bytes), else the file ``secret.key`` in the folder ``[kontor] data``, which
scripts/serve makes; without it the backup of a database opens nothing.
"""
import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from trytond import config

FILE = 'secret.key'
KEY_BYTES, NONCE_BYTES = 32, 12
_VERSION = b'\x01'


class Unreadable(Exception):
    """A secret cannot be opened: the key is missing, is another one, or the value is not for this place"""


def seal(company, name, text):
    """Return the encrypted bytes of a tenant's secret (str)"""
    nonce = os.urandom(NONCE_BYTES)
    return _VERSION + nonce + AESGCM(_key()).encrypt(nonce, text.encode(), _place(company, name))


def unseal(company, name, data):
    """Return the text of a tenant's secret; raises Unreadable"""
    data = bytes(data)
    nonce, sealed = data[1:1 + NONCE_BYTES], data[1 + NONCE_BYTES:]
    if data[:1] != _VERSION:
        raise Unreadable("the value was not made here")
    try:
        return AESGCM(_key()).decrypt(nonce, sealed, _place(company, name)).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable("the value was sealed with another key or for another place") from error


def derive(purpose):
    """Return a key of 32 bytes for one purpose (str), by HKDF-SHA256; raises Unreadable"""
    return HKDF(SHA256(), KEY_BYTES, None, f'kontor:{purpose}'.encode()).derive(_key())


def _place(company, name):
    return f'{company}:{name}'.encode()


def _key():
    text = config.get('kontor', 'secret_key', default='') or _file()
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Unreadable("the key is no base64") from error
    if len(key) != KEY_BYTES:
        raise Unreadable(f"the key has not {KEY_BYTES} bytes")
    return key


def _file():
    path = Path(config.get('kontor', 'data', default='') or '.', FILE)
    try:
        return path.read_text().strip()
    except OSError as error:
        raise Unreadable("there is no key") from error
