"""Server and auditor decide alike: what a batch takes in no auditor objects to, and what it refuses an
auditor who finds it in the log names, at that position, by the code that the server answered with. What is
valid and only not admitted, no auditor objects to.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.batch import Batch, BatchView, Known
from ledger.core.entry import encode_entry
from ledger.core.refusal import Refusal
from ledger.domain.needs import needs
from ledger.intake import KnownKeys, Submission, Ticket
from ledger.ports import Head, StatementPosition
from ledger.verifier.audit import Auditor
from ledger.verifier.audit_events import Alarm
from ledger.verifier.audit_kept import Kept
from tests.support.builder import LOG_KEY, Log, Signed
from tests.support.drawn import NEXT_LOG_KEY, Computed, learn, opened, statement
from tests.support.public_files import publish, trust_of

# Admission's, not validity's: what has no effect yet, and what would keep anything from being published.
NOT_ADMITTED = {"not-yet-control", "bad-policy"}


def server_says(log: Log, signed: Signed, now: int) -> bytes | Refusal:
    """What the sequencer's batch makes of a submission: the entry's bytes, or why not."""
    ticket = Ticket(Submission(signed.envelope, signed.disclosures), lambda outcome: None)
    ticket.prepare(KnownKeys())
    batch = Batch(view_of(log, signed), now, lambda statement_id: b"")
    batch.decide(ticket)
    if batch.accepted:
        return batch.accepted[0].row.state
    (refused,) = batch.refused
    assert isinstance(refused.reason, Refusal), refused.reason
    return refused.reason


def view_of(log: Log, signed: Signed) -> BatchView:
    """The log as the sequencer loads it for one statement: what it needs and no more."""
    state, asked = log.state, needs(signed.statement, signed.envelope)
    known = Known()
    for one in asked.statements:
        stream = state.originator_of(one)
        if stream is not None:
            known.statements[one] = StatementPosition(0, stream)
    streams = asked.originators | {found.originator_id for found in known.statements.values()}
    folds = {stream: state.aggregate(stream) for stream in streams}
    known.aggregates = {stream: fold for stream, fold in folds.items() if fold is not None}
    owners = {key: state.party_of_key(key) for key in asked.keys}
    known.keys = {key: owner for key, owner in owners.items() if owner is not None}
    known.digests = {digest for digest in asked.digests if state.digest_seen(digest)}
    return BatchView(Head(state.size, b"", state.recorded_at), known, state.indexed, Computed(log))


def auditor_says(log: Log, entries: list[bytes], kept: Kept, now: int) -> tuple[list[Alarm], Kept]:
    """The alarms of an auditor who has kept something; lateness is none of the server's decisions."""
    auditor = Auditor(trust_of(log), kept)
    # Both keys sign throughout: which of them have to, the entries say.
    events = auditor.look(publish(entries, LOG_KEY, NEXT_LOG_KEY), now)
    found = [event for event in events if isinstance(event, Alarm) and event.step != "time"]
    return found, auditor.kept


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_server_and_auditor_decide_alike(data: st.DataObject) -> None:
    log = opened(data)
    _, kept = auditor_says(log, log.entries, Kept(log.origin, log.genesis_id), log.now)
    assert kept.judged.size == len(log.entries)
    for _ in range(10):
        signed = statement(data, log)
        if signed is None:
            continue
        said = server_says(log, signed, log.now)
        forced = encode_entry(signed.envelope, log.time_of(signed.statement))
        entry = forced if isinstance(said, Refusal) else said
        alarms, then = auditor_says(log, [*log.entries, entry], kept, log.now)
        if isinstance(said, Refusal) and said.code not in NOT_ADMITTED:
            assert [(alarm.code, alarm.position) for alarm in alarms] == [(said.code, len(log.entries))]
        else:
            assert (alarms, entry) == ([], forced)
            learn(log, log.enter(signed), signed)
            kept = then
