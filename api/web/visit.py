"""One request for a page: its language, its moment, how it asks the views and how it is answered.

A page is a function of the log's first `size` entries, the day, the language and the address; its entity tag
names these, so that a page that a reader holds is not made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import escape
from psycopg import Connection
from starlette.responses import Response, StreamingResponse

from api import notices
from api.answers import REVALIDATE, service_of
from api.composition import Service
from api.etags import matches
from api.web import assets
from api.web.claims import Claims
from api.web.environment import environment
from api.web.language import LANGUAGES, Language, language
from api.web.naming import naming
from ledger.core.entry import decode_entry_trusted
from ledger.core.statement import Statement, read_statement
from ledger.domain.visibility import ANONYMOUS, Viewer
from projections.as_of import NOW, AsOf, Moment
from projections.dates import LAST_DAY
from projections.names import Names
from projections.wording import marked

T = TypeVar("T")

HTML: Final = "text/html; charset=utf-8"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Where people sign or verify, no text may ever become markup or script.
_TRUSTED: Final = "; require-trusted-types-for 'script'; trusted-types "
SENT_SO_FAR: Final = "<!-- sent so far -->"  # what stands before it in a template is sent at once
FIRST_PIECE: Final = 4_096  # characters after which a page begins to be sent
PIECE: Final = 65_536  # characters sent together later: each piece costs a change of threads


class Visit:
    """What every page knows of its request."""

    viewer: Viewer = ANONYMOUS

    def __init__(self, request: Request, code: str, *, lenient: bool = False) -> None:
        """Raises `AsOfUnreadable` unless `lenient`, as the page that says so has to be shown."""
        self.request = request
        self.language: Language = language(code)
        self.service: Service = service_of(request)
        self.as_of = NOW if lenient else AsOf.parse(request.query_params.get("as_of"))

    @property
    def today(self) -> str:
        """The reader's day; "" where the ledger's own entries say it."""
        return self.service.today()

    def read(self, question: Callable[[Connection[Any]], T], *, searching: bool = False) -> T:
        """Ask the views in one snapshot, once they have taken in what the address demands.

        `searching` is for questions that read the words of disclosures.
        """
        at_least = self.request.query_params.get("at_least", "")
        if at_least.isdecimal() and len(at_least) < 16:
            self.service.wait_for(int(at_least), searching=searching)
        return self.service.read(question)

    def lies_ahead(self, moment: Moment) -> bool:
        """Whether a day was asked for that has not come: by the reader's clock, or by that of a demo."""
        now = self.today or (moment.recorded_at[:10] if moment.size == moment.logged else LAST_DAY)
        return moment.asked.day is not None and moment.asked.day > now

    def statement_at(self, number: int) -> Statement | None:
        """The statement in an entry of the log; None where that has no such entry."""
        stored = self.service.recorder.entry_at(number)
        return stored and read_statement(decode_entry_trusted(stored.state).envelope.payload)

    # Addresses.

    def link(self, path: str, /, **parameters: object) -> str:
        """An address in this language that keeps the moment looked from; parameters that are None are left
        out.
        """
        kept: dict[str, object] = {"as_of": self.request.query_params.get("as_of")} | parameters
        query = urlencode({name: value for name, value in kept.items() if value is not None}, doseq=True)
        return f"/{self.language.code}{path}" + (f"?{query}" if query else "")

    def here(self, /, **changed: object) -> str:
        """This page's address with some parameters changed, or left out where they are None."""
        kept = self.request.query_params.multi_items()
        pairs = [(name, value) for name, value in kept if name not in changed]
        pairs += [(name, str(value)) for name, value in changed.items() if value is not None]
        return self.request.url.path + (f"?{urlencode(pairs)}" if pairs else "")

    def is_at(self, path: str) -> bool:
        """Whether this page is at `path` or below it."""
        own = self.request.url.path[len(self.language.code) + 1 :]
        return own == path or own.startswith(path + "/")

    def in_language(self, code: str) -> str:
        """This page in another language; the start page where the address has none, as problems can."""
        path = self.request.url.path.split("/", 2)
        if path[1] not in LANGUAGES:
            return f"/{code}/"
        rest = path[2] if len(path) > 2 else ""
        query = f"?{self.request.url.query}" if self.request.url.query else ""
        return f"/{code}/{rest}{query}"

    # Answers.

    def page(
        self,
        template: str,
        moment: Moment | None,
        names: Names | None = None,
        *,
        status: int = 200,
        stream: bool = False,
        signs: bool = False,
        vouches: str = "'none'",
        tagged: bool = True,
        **values: object,
    ) -> Response:
        """The page that a template makes of `values`; with `stream` it is sent while it is made.

        `moment` None is for pages that show no view. `signs` is for those on which people sign or verify;
        `vouches` names the one Trusted Types policy that such a page makes, for the address of a worker.
        `tagged` is False for pages that show more than the views, such as how far the log is published.
        """
        headers = {
            "content-security-policy": _POLICY + (_TRUSTED + vouches if signs else ""),
            "vary": "accept-language",
        }
        if moment is not None and status == 200 and tagged:
            tag = self._tag(moment)
            headers |= {"etag": tag, "cache-control": REVALIDATE, "evidence-position": str(moment.size)}
            if matches(self.request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers=headers)
        made = environment(self.language).get_template(template)
        context = self._context(moment, names) | values
        if stream:
            pieces = _pieces(made.generate(context), self.language.gettext(ENDED_EARLY))
            return StreamingResponse(pieces, status, headers, HTML)
        return Response(made.render(context), status, headers, HTML)

    def _tag(self, moment: Moment) -> str:
        named = (assets.code(), assets.build(), str(self.request.url.path), str(self.request.url.query))
        seen = "\0".join(
            (*named, self.service.about.genesis, str(moment.size), moment.today, str(self.lies_ahead(moment)))
        )
        return f'"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'

    def _context(self, moment: Moment | None, names: Names | None) -> dict[str, Any]:
        about = self.service.about
        named = self.naming(names or Names({}))
        return {
            "visit": self,
            "language": self.language,
            "languages": [language(code) for code in LANGUAGES],
            "about": about,
            "demo": about.clock == "demo",
            "notices": notices,
            "moment": moment,
            "NOW": NOW,
            "named": named,
            "claims": Claims(self.language, named),
        }

    def naming(self, names: Names) -> Callable[[str], str]:
        """Tells what a name or a party's bare slug is called in this language."""
        return naming(names, self.language)


ENDED_EARLY: Final = marked("The rest of this page could not be made just now. Load it again in a while.")


def _pieces(parts: Iterator[str], sorry: str) -> Iterator[str]:
    """Few pieces of some size instead of many small ones; the first, with the page's head, early.

    What goes wrong on the way is told where the page ends, and goes on to whoever serves it.
    """
    gathered: list[str] = []
    length, enough = 0, FIRST_PIECE
    try:
        for part in parts:
            gathered.append(part)
            length += len(part)
            if length >= enough or SENT_SO_FAR in part:
                yield "".join(gathered)
                gathered.clear()
                length, enough = 0, PIECE
    except Exception:
        yield "".join(gathered) + f'<p class="error" role="alert">{escape(sorry)}</p>'
        raise
    yield "".join(gathered)
