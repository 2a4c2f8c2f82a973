"""Python sequences as PostgreSQL arrays of one fixed type, sent in binary.

psycopg picks an array's type by its first element and has none for an empty one, so that one statement would
be prepared several times and an empty `bytea[]` refused. Each class here is a list with its type in its name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import ClassVar

import psycopg
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

_LENGTH = struct.Struct(">i")
_BIGINT = struct.Struct(">iq")
_SMALLINT = struct.Struct(">ih")
_NULL = _LENGTH.pack(-1)


class Texts(list[str | None]):
    """text[]"""


class Byteas(list[bytes]):
    """bytea[]"""


class Bigints(list[int]):
    """bigint[]"""


class Smallints(list[int]):
    """smallint[]"""


class _ArrayDumper(Dumper):
    format = Format.BINARY
    element: ClassVar[str]

    def __init__(self, cls: type, context: psycopg.abc.AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._element_oid = psycopg.adapters.types[self.element].oid
        self.oid = psycopg.adapters.types[self.element].array_oid

    def dump(self, obj: list[object]) -> bytes:
        # src/backend/utils/adt/arrayfuncs.c, array_recv: dimensions, has nulls, element type, length, lower
        # bound.
        if not obj:
            return struct.pack(">iiI", 0, 0, self._element_oid)
        header = struct.pack(">iiIii", 1, 1, self._element_oid, len(obj), 1)
        return b"".join((header, *self.elements(obj)))

    def elements(self, obj: list[object]) -> Iterable[bytes]:
        raise NotImplementedError


class _TextsDumper(_ArrayDumper):
    element = "text"

    def elements(self, obj: Texts) -> Iterable[bytes]:  # type: ignore[override]
        for text in obj:
            yield _NULL if text is None else _sized(text.encode())


class _ByteasDumper(_ArrayDumper):
    element = "bytea"

    def elements(self, obj: Byteas) -> Iterable[bytes]:  # type: ignore[override]
        return map(_sized, obj)


class _BigintsDumper(_ArrayDumper):
    element = "int8"

    def elements(self, obj: Bigints) -> Iterable[bytes]:  # type: ignore[override]
        return (_BIGINT.pack(8, number) for number in obj)


class _SmallintsDumper(_ArrayDumper):
    element = "int2"

    def elements(self, obj: Smallints) -> Iterable[bytes]:  # type: ignore[override]
        return (_SMALLINT.pack(2, number) for number in obj)


def _sized(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def register(adapters: AdaptersMap) -> None:
    """Teach a connection these classes."""
    adapters.register_dumper(Texts, _TextsDumper)
    adapters.register_dumper(Byteas, _ByteasDumper)
    adapters.register_dumper(Bigints, _BigintsDumper)
    adapters.register_dumper(Smallints, _SmallintsDumper)
