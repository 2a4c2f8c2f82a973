"""Links between pages (RFC 8288). Pages continue after a key, so that nothing is shifted."""

from __future__ import annotations

from starlette.datastructures import URL


def link_header(url: URL, after: str | None) -> str:
    """The `Link` header's value: the first page, and the one behind `after` if there is one."""
    first = url.remove_query_params("after")
    links = [f'<{_relative(first)}>; rel="first"']
    if after is not None:
        links.append(f'<{_relative(first.include_query_params(after=after))}>; rel="next"')
    return ", ".join(links)


def _relative(url: URL) -> str:
    """Path and query alone: behind a proxy the server does not know its own name."""
    return url.path + (f"?{url.query}" if url.query else "")
