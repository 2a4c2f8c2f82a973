"""The auditor: reads a public log and decides everything again that its server decided.

It needs what anyone can fetch (`LogFiles`: checkpoint, hash tiles, entry bundles), the trust file, and what
it kept from its last look (`audit_kept`). One look at the log takes these steps; each alarm names its step:

1. checkpoint: it can be read and is of the trusted log
2. history: it has no fewer entries than the one kept, and the first ones are those that were kept
3. files: bundles and hash tiles are there, and hold what the entries make
4. bytes, form: each entry and statement is in its one form
5. rules, signatures: each entry is decided again, by the server's own rules
6. root: the entries make the root that was signed
7. keys: every log key in force signed, and the quorum of trusted witnesses
8. time: no entry comes from the future, was published late, or waits for an index statement too long

Only then is the checkpoint kept. Rules end at the first entry that breaks one, since what follows an invalid
entry has no meaning; the tree is followed to its end nevertheless.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..core.checkpoint import Checkpoint
from ..core.checkpoint import parse as parse_checkpoint
from ..core.entry import Entry
from ..core.grammar import format_recorded_at, milliseconds
from ..core.merkle import EMPTY_ROOT, TILE_WIDTH, leaf_hash
from ..core.note import Note, Verifier, open_note, split_note
from ..core.policy import parse_policy
from ..core.receipt import Trust
from ..core.refusal import Refusal
from ..core.tiles import CHECKPOINT_PATH, LogFiles
from ..domain.clock import AHEAD
from ..domain.terms import terms_at
from .audit_events import Alarm, Event, Looked, Progress, Stopped
from .audit_judging import Judgements, Judging, JudgingHere
from .audit_kept import Kept, nothing_kept
from .audit_replay import Replay, SeenKeys, outline
from .audit_tree import Difference, Tree, check_leaves, check_upper_tiles, read_bundle

BUNDLES_AHEAD = 8  # read and handed out for judging before the first of them is replayed
CLOCK_SLACK = 5_000  # ms that an auditor's clock and the ledger's may differ


class Head(NamedTuple):
    """The checkpoint that a log shows, the note it came in, and whether a key known by now signed it.

    It may be signed by a key that only the entries below it make known.
    """

    note: str
    checkpoint: Checkpoint
    signed: bool


class Batch(NamedTuple):
    """The new entries of one bundle: the first `folded` of them were judged in an earlier look."""

    entries: list[Entry | None]
    leaves: list[bytes]
    folded: int
    known: dict[str, bytes]
    judged: Callable[[], Judgements]


class _Changed(Exception):
    """The log's files show other entries than those in memory."""


class Auditor:
    """Looks at one log again and again; what it has replayed stays in memory between two looks."""

    def __init__(self, trust: Trust, kept: Kept | None = None, judging: Judging | None = None) -> None:
        self._trust = trust
        self._policy = parse_policy(trust.policy)
        self._judging = judging or JudgingHere()
        self._kept = kept or nothing_kept(trust)
        self._forked = False  # the log shows another history than was kept, which stays as it is
        self._begin()

    def _begin(self) -> None:
        self._tree = Tree()
        self._replay = Replay(self._trust)
        self._seen_keys = SeenKeys()
        self._sound = True  # no entry so far broke a rule
        self._difference = Difference(self._kept.judged)
        self._first_new: str | None = None  # `recordedAt` of the first entry after the kept checkpoint
        self._standing: list[Alarm] = []  # what is wrong in the entries and files read so far
        self._scanned = False  # this look came as far as the entries

    @property
    def kept(self) -> Kept:
        """What is to be kept of all looks so far, of one that was interrupted, too."""
        judged = self._replay.state.size
        if self._forked or judged < self._kept.judged.size:
            return self._kept
        return replace(self._kept, judged=self._tree.hashes(judged))

    def look(self, files: LogFiles, now: int) -> Iterator[Event]:
        """Audit what the log shows at `now`, in ms since 1970.

        What is wrong in entries that an earlier look has read is named again; only what came late is not.
        """
        named: list[Alarm] = []
        self._scanned = False
        for event in self._steps(files, now):
            if isinstance(event, Alarm):
                named.append(event)
            yield event
        standing = [alarm for alarm in self._standing if self._scanned and alarm not in named]
        yield from standing
        size, judged = (self._tree.size, self._replay.state.size) if self._scanned else (0, 0)
        yield Looked(size, judged, len(named) + len(standing))

    def _steps(self, files: LogFiles, now: int) -> Iterator[Progress | Alarm]:
        try:
            head = self._read_head(files)  # 1
            yield from self._compare_head(head)  # 2
            yield from self._scan(files, head, now)  # 2, 3, 4, 5
            self._check_root(head)  # 6
            yield from self._check_keys(head)  # 7
            yield from self._check_time(now)  # 8
        except Stopped as stopped:
            yield stopped.alarm
            return
        if not self._forked:
            self._kept = self._kept.seen(head.note, now, self._log_keys())

    # --- 1, 2: the checkpoint -------------------------------------------------------------

    def _read_head(self, files: LogFiles) -> Head:
        data = files.read(CHECKPOINT_PATH)
        if data is None:
            raise Stopped("checkpoint", "checkpoint-missing", None, "there is no file `checkpoint`")
        try:
            note = data.decode("utf-8")
            text, signatures = split_note(note)
            checkpoint = parse_checkpoint(text)
        except (Refusal, UnicodeDecodeError) as error:
            raise Stopped("checkpoint", "checkpoint-unreadable", None, str(error)) from error
        if checkpoint.origin != self._trust.origin:
            what = f"it is of {checkpoint.origin}, trusted is {self._trust.origin}"
            raise Stopped("checkpoint", "foreign-log", None, what)
        names = {(verifier.name, verifier.key_hash) for verifier in self._verifiers()}
        signed = any((one.name, one.key_hash) in names for one in signatures)
        if signed:
            self._open(note)
        return Head(note, checkpoint, signed)

    def _compare_head(self, head: Head) -> Iterator[Alarm]:
        old, new = self._kept_checkpoint(), head.checkpoint
        if new.size > old.size or (new.size == old.size and new.root == old.root):
            return
        if not head.signed:
            what = f"{new.size} entries, where {old.size} were signed before, and no key of the log signed it"
            raise Stopped("keys", "checkpoint-unsigned", None, what)
        notes = self._kept.checkpoint, head.note
        if new.size < old.size:
            what = f"it has {new.size} entries, {old.size} were signed before"
            raise Stopped("history", "rollback", new.size, what, *notes)
        self._forked = True
        yield Alarm("history", "split-view", None, f"two trees of {new.size} entries were signed", notes)

    def _kept_checkpoint(self) -> Checkpoint:
        note = self._kept.checkpoint
        return (
            parse_checkpoint(split_note(note)[0]) if note else Checkpoint(self._trust.origin, 0, EMPTY_ROOT)
        )

    # --- 2 to 5: the entries --------------------------------------------------------------

    def _scan(self, files: LogFiles, head: Head, now: int) -> Iterator[Progress | Alarm]:
        """Read what is new; or everything, where what is in memory is not what the log shows now."""
        before, size = self._tree.size, head.checkpoint.size
        self._scanned = True
        try:
            # A wrong file may have been mended by now.
            if before > size or any(alarm.step == "files" for alarm in self._standing):
                raise _Changed
            yield from self._noting(self._read(files, head, now))
            if before and self._tree.frontier.root() != head.checkpoint.root and not self._forked:
                raise _Changed
        except _Changed:
            self._kept, before = self.kept, 0
            self._begin()
            self._scanned = True
            yield from self._noting(self._read(files, head, now))
        yield from self._noting(check_upper_tiles(files, self._tree, before))

    def _noting(self, events: Iterable[Progress | Alarm]) -> Iterator[Progress | Alarm]:
        """Keep the alarms, but for those about what came late: that is over."""
        for event in events:
            if isinstance(event, Alarm) and event.step != "time":
                self._standing.append(event)
            yield event

    def _read(self, files: LogFiles, head: Head, now: int) -> Iterator[Progress | Alarm]:
        """Batches are read, and handed out for judging, some way ahead of the one that is replayed."""
        waiting = deque[Batch]()
        for item in self._batches(files, head.checkpoint.size):
            if isinstance(item, Alarm):
                yield item
                continue
            waiting.append(item)
            if len(waiting) > BUNDLES_AHEAD:
                yield from self._take(waiting.popleft(), head, now)
        while waiting:
            yield from self._take(waiting.popleft(), head, now)

    def _batches(self, files: LogFiles, size: int) -> Iterator[Batch | Alarm]:
        start = self._tree.size
        for index in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
            width = min(TILE_WIDTH, size - index * TILE_WIDTH)
            entries = read_bundle(files, index, width)
            leaves = [leaf_hash(entry) for entry in entries]
            skipped = max(0, start - index * TILE_WIDTH)
            if leaves[:skipped] != self._tree.tail[:skipped]:
                raise _Changed
            alarm = check_leaves(files, index, width, leaves)
            if len(entries) != width:
                raise _miscounted(index, width, len(entries), alarm)
            if alarm is not None:
                yield alarm
            folded = max(0, self._difference.unchanged(index, leaves) - skipped)
            yield self._batch(entries[skipped:], leaves[skipped:], folded)

    def _batch(self, entries: list[bytes], leaves: list[bytes], folded: int) -> Batch:
        if not self._sound:
            return Batch([], leaves, 0, {}, list)
        outlines = [outline(entry) for entry in entries]
        for each in outlines:
            if each is not None:
                self._seen_keys.gather(each.envelope.payload)
        known = self._seen_keys.of(outlines[folded:])
        return Batch(outlines, leaves, folded, known, self._judging.submit(entries[folded:], known))

    def _take(self, batch: Batch, head: Head, now: int) -> Iterator[Progress | Alarm]:
        self._note_first_new(batch)
        if self._sound:
            try:
                self._replay_batch(batch, now)
            except Stopped as stopped:
                self._sound = False
                yield stopped.alarm
            yield from self._replay.alarms
            self._replay.alarms.clear()
        yield from self._extend(batch.leaves, head)
        yield Progress(self._tree.size, head.checkpoint.size)

    def _replay_batch(self, batch: Batch, now: int) -> None:
        judgements = batch.judged()
        latest = format_recorded_at(now + AHEAD)
        for at, (entry, leaf) in enumerate(zip(batch.entries, batch.leaves, strict=True)):
            if at < batch.folded:
                assert entry is not None, "what was judged before was in its one form"
                self._replay.fold(entry, leaf)
            else:
                self._replay.judge(entry, leaf, judgements[at - batch.folded], batch.known, latest)

    def _extend(self, leaves: Sequence[bytes], head: Head) -> Iterator[Alarm]:
        """Grow the tree; where it has the size of the checkpoint kept, compare."""
        old = self._kept_checkpoint()
        cut = old.size - self._tree.size
        if not 0 < cut <= len(leaves):
            self._tree.extend(leaves)
            return
        self._tree.extend(leaves[:cut])
        differs = self._tree.frontier.root() != old.root
        self._tree.extend(leaves[cut:])
        if differs and head.signed:
            self._forked = True
            yield self._split(old, head)

    def _split(self, old: Checkpoint, head: Head) -> Alarm:
        first, last = self._difference.first, self._difference.last
        where = f"entry {first}" if first == last else f"one of the entries {first} to {last}"
        where = "" if first is None else f"; the first that differs is {where}"
        what = f"the first {old.size} entries are not those that were signed before{where}"
        return Alarm("history", "split-view", first, what, (self._kept.checkpoint, head.note))

    def _note_first_new(self, batch: Batch) -> None:
        at = self._kept_checkpoint().size - self._tree.size
        if 0 <= at < len(batch.entries) and self._kept.checkpoint:
            entry = batch.entries[at]
            self._first_new = None if entry is None else entry.recorded_at

    # --- 6 to 8 ---------------------------------------------------------------------------

    def _check_root(self, head: Head) -> None:
        if self._tree.frontier.root() != head.checkpoint.root:
            what = f"{head.checkpoint.size} entries were read, and they make another root"
            raise Stopped("root", "wrong-root", None, what, head.note)

    def _check_keys(self, head: Head) -> Iterator[Alarm]:
        opened = self._open(head.note)
        signed = {(one.name, one.key_hash) for one in opened.verified}
        terms = terms_at(head.checkpoint.size, self._replay.terms)
        if self._sound and terms is not None:
            for verifier in map(Verifier.from_vkey, terms.log_keys):
                if (verifier.name, verifier.key_hash) not in signed:
                    what = f"{verifier.vkey} signs for the log by now, and did not"
                    raise Stopped("keys", "checkpoint-unsigned", None, what, head.note)
            if self._trust.vkey not in self._log_keys():
                what = f"the log has never named the key that is trusted, {self._trust.vkey}"
                raise Stopped("keys", "foreign-log", None, what)
        witnesses = self._policy.cosigners(opened)
        if not self._policy.is_satisfied_by(witnesses):
            what = (
                f"cosigned by {', '.join(sorted(witnesses)) or 'nobody'}; the quorum is {self._policy.quorum}"
            )
            yield Alarm("keys", "quorum-missing", None, what, (head.note,))

    def _open(self, note: str) -> Note:
        """The note with its signatures verified; raises `Stopped`."""
        try:
            opened = open_note(note, [*self._verifiers(), *self._policy.witnesses.values()])
        except Refusal as refusal:
            raise Stopped("keys", "checkpoint-unsigned", None, refusal.what) from refusal
        if not any(one.name == self._trust.origin for one in opened.verified):
            raise Stopped("keys", "checkpoint-unsigned", None, "no key of the log has signed it")
        return opened

    def _verifiers(self) -> list[Verifier]:
        """The log's keys, as far as they are known."""
        known = {self._trust.vkey, *self._kept.log_keys, *self._log_keys()}
        return [Verifier.from_vkey(vkey) for vkey in sorted(known)]

    def _log_keys(self) -> tuple[str, ...]:
        """Every key that the entries so far made one of the log's."""
        return tuple(sorted({key for _, terms in self._replay.terms for key in terms.log_keys}))

    def _check_time(self, now: int) -> Iterator[Alarm]:
        if not self._sound or not self._replay.terms:
            return
        missing = self._replay.index_missing(now)
        if missing is not None:
            yield missing
        if self._first_new is not None and not self._replay.demo:
            yield from self._published_late(self._first_new)
        self._first_new = None

    def _published_late(self, recorded_at: str) -> Iterator[Alarm]:
        """The kept checkpoint was still shown at a time when this entry had to be covered by one."""
        delay = self._replay.terms[-1][1].max_publish_delay
        if self._kept.fetched > milliseconds(recorded_at) + 1_000 * delay + CLOCK_SLACK:
            position = self._kept_checkpoint().size
            shown = format_recorded_at(self._kept.fetched)
            what = f"it says recorded at {recorded_at}; at {shown} the log still ended before it"
            yield Alarm("time", "published-late", position, what, (self._kept.checkpoint,))


def _miscounted(index: int, width: int, found: int, alarm: Alarm | None) -> Stopped:
    """A bundle with more or fewer entries than the tree has there: what follows has lost its place."""
    if alarm is not None and alarm.code.startswith("entry-"):
        return Stopped(alarm.step, alarm.code, alarm.position, alarm.what)
    what = f"the bundle has {found} entries, the tree {width} there"
    return Stopped("files", "file-wrong", index * TILE_WIDTH, what)
