"""The kinds of body that an operation may take.

A body is an object of the contract. It knows its media types and limits (``check_head``, before a byte of
it has come), how it is read (``receive``), and its schema (``content``). What has come is a Received: a
fingerprint, by which a repeated request is known, and a value that fits the operation's model::

    JsonBody(CustomerCreate)
    MultipartBody(InvoiceSend, files={'attachments': 25_000_000}, lists={'cc'}, limit=60_000_000)
    RawBody(['audio/wav', 'audio/mpeg'], limit=25 * MIB)

What is wrong is raised as a Refusal: of the head as WRONG_MEDIA_TYPE, TOO_LARGE or UNREADABLE, of the bytes
as UNREADABLE, TOO_LARGE or UNAVAILABLE (no room on the disk), of single members as FLAWED or UNFIT, all of
them at once.
"""
from .json_body import JsonBody
from .kind import KIB, MIB, BodyKind, Received
from .multipart import MultipartBody
from .raw import RawBody
from .upload import Content, Upload

__all__ = [
    'KIB', 'MIB', 'BodyKind', 'Content', 'JsonBody', 'MultipartBody', 'RawBody', 'Received', 'Upload']
