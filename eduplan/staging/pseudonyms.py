"""Person keys: the keyed hash that stands for an identity number above landing.

Belongs here: the key file and the hash. Does not belong here: which columns are identities (the contracts say).

A person key is the first eight bytes of HMAC-SHA-256(key, identity number) as a signed whole number. DuckDB computes it
for whole columns from two hashes over constant pads; the pads are variables of the connection, so that no SQL text,
log line or error message holds them.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

import duckdb

from eduplan.errors import EnvironmentFault
from eduplan.project import Project

KEY_BYTES = 32

_BLOCK_BYTES = 64
_INNER, _OUTER = "eduplan_inner_pad", "eduplan_outer_pad"
_NOT_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def create_key(path: Path) -> Path:
    """Writes a new random key, mode 0600.

    Raises:
        EnvironmentFault: There is a key already, or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise EnvironmentFault(
            "there is a key already, and it is not replaced",
            where=str(path),
            remedy="every person key depends on it; move it away yourself if you are sure",
        ) from error
    except OSError as error:
        raise EnvironmentFault(f"the key cannot be written: {error.strerror}", where=str(path)) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return path


def read_key(project: Project) -> bytes:
    """Reads the project's key.

    Raises:
        EnvironmentFault: There is no key, others can read it, or it is not a key.
    """
    path = project.key_file
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise EnvironmentFault(
            "there is no key to make person keys with",
            where=str(path),
            remedy="make one with: eduplan key create",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFault("the key cannot be read", where=str(path)) from error
    if mode & _NOT_OTHERS:
        raise EnvironmentFault(
            "the key can be read by others", where=str(path), remedy=f"close it with: chmod 600 {path}"
        )
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise EnvironmentFault("the file does not hold a key in hexadecimal", where=str(path)) from error
    if not KEY_BYTES <= len(key) <= _BLOCK_BYTES:
        raise EnvironmentFault(f"the key does not have {KEY_BYTES} to {_BLOCK_BYTES} bytes", where=str(path))
    return key


def set_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Gives a connection the pads that :func:`person_key_sql` uses."""
    block = key.ljust(_BLOCK_BYTES, b"\0")
    for variable, byte in ((_INNER, 0x36), (_OUTER, 0x5C)):
        connection.execute(f"set variable {variable} = $1", [bytes(each ^ byte for each in block)])


def person_key_sql(identity: str) -> str:
    """SQL: the person key of a normalised identity number."""
    inner = f"unhex(sha256(getvariable('{_INNER}') || encode({identity})))"
    digest = f"sha256(getvariable('{_OUTER}') || {inner})"
    return f"cast(cast(('0x' || left({digest}, 16)) as ubigint)::bit as bigint)"
