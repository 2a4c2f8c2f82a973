"""Replaying a log: every entry is decided again, by the rules that the server itself decides by.

The state after each entry is the one in which the next is decided (`domain.State`). Beside the rules, which
make a log valid or not, a replay watches what a log owes its readers in time: clocks and index statements.
"""

import re
from collections import deque
from collections.abc import Sequence

from ..core import canonical, keys
from ..core.entry import Entry, decode_entry_trusted
from ..core.envelope import Signature, pae
from ..core.form import PREDICATE_TYPE
from ..core.grammar import base64_decode, milliseconds
from ..core.index import index_head
from ..core.receipt import Trust
from ..core.refusal import Refusal
from ..core.statement import Recorded, Statement, read_statement
from ..domain.decide import decide
from ..domain.facts import ledger_of
from ..domain.state import State
from ..domain.terms import Change, changes
from .audit_events import Alarm, Stopped
from .audit_judging import Flaw, Judgement

PROTOCOL_VERSION = 1
_PUBLIC_KEY = re.compile(rb'"publicKey":"([A-Za-z0-9+/]{43}=)"')
_FAMILY = PREDICATE_TYPE.removesuffix(f"v{PROTOCOL_VERSION}:")


class SeenKeys:
    """Public keys by key id, gathered from payloads before anybody has decided what they are worth.

    A key is found by its digest, so a wrong one harms nothing: the rules say which keys count.
    """

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def gather(self, payload: bytes) -> None:
        if b'"publicKey":"' in payload:
            for found in _PUBLIC_KEY.finditer(payload):
                try:
                    public = base64_decode(found[1].decode("ascii"))
                except Refusal:
                    continue  # its statement will be refused for it
                self._keys[keys.key_id(public)] = public

    def of(self, entries: Sequence[Entry | None]) -> dict[str, bytes]:
        """Those that the entries' signatures name."""
        named = {one.keyid for entry in entries if entry for one in entry.envelope.signatures}
        return {key_id: self._keys[key_id] for key_id in named if key_id in self._keys}


def outline(data: bytes) -> Entry | None:
    """The parts of an entry nobody has judged yet; None where they are not even in their places."""
    try:
        return decode_entry_trusted(data)
    except (ValueError, IndexError):
        return None


class Replay:
    """The log entry by entry; `alarms` gathers what is wrong without making the log invalid."""

    def __init__(self, trust: Trust) -> None:
        self.state = State()
        self.terms: list[Change] = []
        self.alarms: list[Alarm] = []
        self._trust = trust
        self._waiting = deque[tuple[int, str]]()  # (position, recordedAt) of entries that no index covers

    @property
    def demo(self) -> bool:
        """Whether the log's clock is the demo's, which says nothing about today."""
        ledger = ledger_of(self.state)
        return ledger is not None and ledger.clock == "demo"

    def fold(self, entry: Entry, leaf: bytes) -> None:
        """Take in the next entry, which was judged in an earlier look; what was late then was said then."""
        self._apply(entry, read_statement(entry.envelope.payload), leaf)
        self.alarms.clear()

    def judge(
        self, entry: Entry | None, leaf: bytes, judgement: Judgement, known: dict[str, bytes], latest: str
    ) -> None:
        """Decide and take in the next entry; raises `Stopped` where the log is invalid.

        One recorded after `latest`, in the form of `recordedAt`, comes from the future.
        """
        position = self.state.size
        if isinstance(judgement, Flaw):
            raise self._flawed(position, entry, judgement)
        assert entry is not None, "an entry in its one form has its parts in their places"
        statement = read_statement(entry.envelope.payload)
        if position == 0 and (statement.id, statement.origin) != (self._trust.genesis, self._trust.origin):
            what = f"entry 0 is {statement.id} of {statement.origin}"
            raise Stopped("rules", "foreign-log", 0, what)
        try:
            decide(self.state, statement, entry.envelope, entry.recorded_at, _Verify(entry, judgement, known))
        except Refusal as refusal:
            raise _refused(position, refusal.code, refusal.what, refusal.where) from refusal
        self._apply(entry, statement, leaf)
        if entry.recorded_at > latest and not self.demo:
            what = f"recorded at {entry.recorded_at}, and it is not yet {latest}"
            self.alarms.append(Alarm("time", "clock-ahead", position, what))

    def index_missing(self, now: int) -> Alarm | None:
        """The first entry that no index statement covers although one was due by `now`, in ms."""
        if self.demo or not self._waiting:
            return None
        position, recorded_at = self._waiting[0]
        return self._index_late(position, recorded_at, now, "no index statement covers it")

    def _apply(self, entry: Entry, statement: Statement, leaf: bytes) -> None:
        key_ids = tuple([one.keyid for one in entry.envelope.signatures])
        recorded = Recorded(self.state.size, entry.recorded_at, statement, key_ids)
        self.state.apply(recorded, leaf)
        if statement.kind == "ledger":
            self.terms = changes([recorded], self.terms)
        if statement.kind == "index":
            self._covered(index_head(statement).size, entry.recorded_at)
        else:
            self._waiting.append((recorded.index, entry.recorded_at))

    def _covered(self, size: int, recorded_at: str) -> None:
        if self._waiting and not self.demo:
            position, since = self._waiting[0]
            what = f"an index statement came at {recorded_at}"
            late = self._index_late(position, since, milliseconds(recorded_at), what)
            self.alarms += [late] if late else []
        while self._waiting and self._waiting[0][0] < size:
            self._waiting.popleft()

    def _index_late(self, position: int, since: str, now: int, what: str) -> Alarm | None:
        # One interval in which the entry came, and one to write the statement.
        interval = self.terms[-1][1].index_interval
        if now <= milliseconds(since) + 2_000 * interval:
            return None
        return Alarm("time", "index-late", position, f"recorded at {since}, due in {interval} s; {what}")

    def _flawed(self, position: int, entry: Entry | None, flaw: Flaw) -> Stopped:
        """The flaw; or, where the log has been amended to a later version, that we do not know it."""
        if (
            flaw.code == "unknown-kind"
            and entry
            and self.terms
            and self.terms[-1][1].version > PROTOCOL_VERSION
        ):
            family = str(canonical.decode_trusted(entry.envelope.payload)["predicateType"])
            if family.startswith(_FAMILY) and not family.startswith(PREDICATE_TYPE):
                what = f"{family[:100]}: this auditor knows version {PROTOCOL_VERSION} and stops here"
                return Stopped("form", "newer-version", position, what)
        return Stopped(flaw.step, flaw.code, position, _at(flaw.where, flaw.what))


class _Verify:
    """`verify` of one entry as the rules call it: from the judgement, where the key is the one it used."""

    __slots__ = ("_entry", "_good", "_known")

    def __init__(self, entry: Entry, good: frozenset[str] | None, known: dict[str, bytes]) -> None:
        self._entry = entry
        self._good = good
        self._known = known

    def __call__(self, public: bytes, signature: Signature) -> bool:
        if self._known.get(signature.keyid) == public:
            return self._good is None or signature.keyid in self._good
        return keys.verify(public, pae(self._entry.envelope.payload), signature.sig)


def _refused(position: int, code: str, what: str, where: str) -> Stopped:
    step = "signatures" if "signature" in code else "rules"
    return Stopped(step, code, position, _at(where, what))


def _at(where: str, what: str) -> str:
    return f"{what} ({where})" if where else what
