"""The pages' own files, each under an address that changes with its content, so that it is kept for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

MEDIA: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@cache
def contents() -> dict[str, bytes]:
    """Every static file by its path below `static`."""
    return dict(_walk(files("api.web").joinpath("static"), ""))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for one in sorted(folder.iterdir(), key=lambda item: item.name):
        path = prefix + one.name
        if one.is_dir():
            found += _walk(one, path + "/")
        elif path.rpartition(".")[2] in MEDIA:
            found.append((path, one.read_bytes()))
    return found


@cache
def build() -> str:
    """Names the pages' files as they are: a module's imports change with it, so all files share one name."""
    digest = hashlib.sha256()
    for path, data in contents().items():
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:16]


@cache
def code() -> str:
    """Names the code and the templates that pages are made by: what they make may change with it."""
    digest = hashlib.sha256()
    for package in ("api", "projections", "ledger"):
        for path, data in _sources(files(package)):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:16]


def _sources(folder: Traversable) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for one in sorted(folder.iterdir(), key=lambda item: item.name):
        if one.is_dir() and one.name != "__pycache__":
            found += _sources(one)
        elif one.name.rpartition(".")[2] in ("py", "sql", "html", "po", "json"):
            found.append((one.name, one.read_bytes()))
    return found


def address(path: str) -> str:
    """Where a static file is served. Raises `KeyError` for one that there is not."""
    assert path in contents(), f"no static file {path}"
    return f"/static/{build()}/{path}"
