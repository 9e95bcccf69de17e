"""Session engines that store a digest of the session key: a dump of the database or cache opens no session.

The key itself is in the visitor's cookie only. `db` keeps sessions in the database, `cached_db` caches them besides.
"""

import hashlib

STORED_KEY_LENGTH = 40


def stored_key(session_key: str) -> str:
    """Return what is stored of a session key: the first 160 bits of its SHA-256 as 40 hexadecimal digits.

    So many fit the columns `session_key` of Django and allauth; a key has 165 random bits.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:STORED_KEY_LENGTH]
