"""The corpus: bundles of one small log, each with one named defect, and sound ones beside them.

    python -m tests.verifier.defects      writes tests/verifier/corpus anew

Each defect is made by somebody who can do everything that this defect takes: an operator who logs what the
rules refuse signs the tree and its index over it; whoever forges a statement signs it. So each case is wrong
in one thing, and the step that the case names is the only one that can tell.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from ledger.bundles import TimeStamped, prepare
from ledger.core import canonical
from ledger.core.bundle import Bundle, BundledEntry, format_bundle, parse_bundle
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.disclosure import digest, make, parse
from ledger.core.entry import encode_entry
from ledger.core.envelope import Envelope, Signature, normalised
from ledger.core.grammar import base64_encode
from ledger.core.index import IndexTree
from ledger.core.keys import sign as sign_bytes
from ledger.core.merkle import inclusion_proof, leaf_hash
from ledger.core.note import COSIGNATURE, NoteSignature, Signer, Verifier, split_note
from ledger.core.receipt import Trust, format_trust
from ledger.core.statement import Recorded, read_statement
from tests.support.builder import (
    LOG_KEY,
    OPERATOR,
    OPERATOR_DEVICE,
    ORIGIN,
    REGISTRAR,
    KeyPair,
    Log,
    Signed,
    log_vkey,
    sign,
)
from tests.support.bundles import MemorySource, checkpoint

CORPUS = Path(__file__).with_name("corpus")
ABOUT = "factory:toys"
LETTER = b"We have looked into it.\n"
LETTER_ID = hashlib.sha256(LETTER).hexdigest()
WITNESS = KeyPair("witness")
STRANGER = KeyPair("somebody")
OLD, BRIEF, PHONE = KeyPair("ngo old"), KeyPair("ngo brief"), KeyPair("ngo phone", "device", ("response",))
LOST = KeyPair("ngo lost")
ALLEGED = {"issue": "osh/ppe"}


@dataclass(frozen=True)
class Case:
    """A file of the corpus: `step` is the name of the step that finds the defect, "" when it is sound."""

    name: str
    step: str
    what: str
    data: bytes

    @property
    def file(self) -> str:
        return self.name + (".zip" if self.data.startswith(b"PK") else ".jsonl")


# --- the small log ----------------------------------------------------------------------


@dataclass
class Story:
    """An NGO alleges that a factory gives no gloves; the brand replies; keys come and go."""

    log: Log = field(default_factory=Log.opened)
    made: dict[str, Recorded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        log, made = self.log, self.made
        for slug, role in (("ngo", "ngo"), ("brand", "buyer"), ("court", "court")):
            log.register(slug, roles=(role,))
        for key in (OLD, BRIEF, PHONE, LOST):
            more = {"expires": "2026-01-05T09:00:08Z"} if key is BRIEF else {}
            self.add_key(key, **more)
        made["revoked"] = self.revoke(OLD)
        made["toys"] = log.factory("toys")
        made["elsewhere"] = log.factory("elsewhere")
        made["report"] = log.document("ngo")
        made["letter"] = log.say(
            "DocumentCaptured",
            "ngo",
            about=["factory:toys", f"document:{LETTER_ID}"],
            claim={"media": "text/plain", "size": len(LETTER), "form": "letter"},
        )
        made["alleged"] = log.say(
            "AllegationMade",
            "ngo",
            about=["factory:toys", "party:brand"],
            claim=ALLEGED,
            hidden={"text": text("No gloves."), "occurred": "2026-01-02"},
            refs=[("basedOn", made["report"])],
        )
        made["unrelated"] = log.say("AllegationMade", "ngo", about=["factory:elsewhere"], claim=ALLEGED)
        made["replied"] = log.say(
            "ResponseGiven",
            "brand",
            refs=[("disputes", made["alleged"])],
            hidden={"text": text("There were gloves.")},
        )

    def add_key(self, key: KeyPair, **more: str) -> Recorded:
        signers = [self.log.keys["ngo"], key]
        return self.log.say("KeyAdded", "ngo", about=["party:ngo"], claim=key.claim(**more), signers=signers)

    def revoke(self, key: KeyPair, **more: Any) -> Recorded:
        return self.log.say("KeyRevoked", "ngo", about=["party:ngo"], claim={"keyId": key.id, **more})

    # --- an operator who logs what the rules refuse ---------------------------

    def smuggle(self, signed: Signed, recorded_at: str | None = None) -> Recorded:
        """Append without deciding."""
        log, envelope = self.log, signed.envelope
        recorded_at = recorded_at or log.time_of(signed.statement)
        signers = tuple(one.keyid for one in envelope.signatures)
        recorded = Recorded(len(log.entries), recorded_at, signed.statement, signers)
        log.entries.append(encode_entry(envelope, recorded_at))
        log.recorded.append(recorded)
        log.disclosures.update({digest(one): one for one in signed.disclosures})
        log.now += 1_000
        return recorded

    def smuggle_allegation(self, *signers: KeyPair, by: str = "ngo", **more: Any) -> Recorded:
        return self.smuggle(self.allegation(*signers, by=by, **more))

    def allegation(self, *signers: KeyPair, by: str = "ngo", **more: Any) -> Signed:
        chosen = signers or (self.log.keys[by],)
        more = {"about": [ABOUT], "claim": ALLEGED} | more
        return self.log.draft("AllegationMade", by, signers=chosen, **more)

    # --- the end of the log ---------------------------------------------------

    def index(self, size: int | None = None, **claim: Any) -> Recorded:
        """The index over everything logged, smuggled in or not."""
        tree = IndexTree()
        size = len(self.log.entries) if size is None else size
        for recorded, entry in zip(self.log.recorded[:size], self.log.entries, strict=False):
            tree.extend(recorded, leaf_hash(entry))
        head = tree.head(size).to_claim() | claim
        head["size"] = head.pop("size_claimed", size)
        return self.smuggle(
            self.log.draft("IndexPublished", "operator", claim=head, signers=[OPERATOR_DEVICE])
        )

    def note(self, log_key: KeyPair = LOG_KEY, witness: KeyPair | None = WITNESS) -> str:
        """The checkpoint over everything logged, signed by the log and cosigned by the witness."""
        text_ = split_note(checkpoint(self.log))[0]
        head = Checkpoint(ORIGIN, len(self.log.entries), _root(text_))
        note = sign_checkpoint(head, Signer(ORIGIN, log_key.seed))
        return note if witness is None else note + cosignature(text_, witness)

    def bundle(self, note: str | None = None, stamped: Sequence[TimeStamped] = ()) -> Bundle:
        """What an honest builder makes of this log, indexed to its end."""
        if self.log.recorded[-1].statement.kind != "index":
            self.index()
        prepared = prepare(MemorySource(self.log), ABOUT, note or self.note(), stamped)
        return parse_bundle(b"".join(prepared.lines()))


def text(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


def _root(checkpoint_text: str) -> bytes:
    return parse_checkpoint(checkpoint_text).root


WITNESS_NAME = "witness.example.org"


def witness_verifier(key: KeyPair = WITNESS) -> Verifier:
    return Verifier(WITNESS_NAME, COSIGNATURE, key.public)


def cosignature(checkpoint_text: str, witness: KeyPair, seconds: int = 1_767_600_000) -> str:
    """A cosignature/v1 line."""
    message = f"cosignature/v1\ntime {seconds}\n{checkpoint_text}".encode()
    signed = seconds.to_bytes(8, "big") + sign_bytes(witness.seed, message)
    return NoteSignature(WITNESS_NAME, witness_verifier(witness).key_hash, signed).line


def corpus_trust() -> Trust:
    """Whom the readers of the corpus trust: the log of the story, and one witness."""
    policy = f"log {log_vkey()}\nwitness w {witness_verifier().vkey}\nquorum w\n"
    return Trust(ORIGIN, Story().log.genesis_id, log_vkey(), policy)


# --- the cases --------------------------------------------------------------------------

Maker = Callable[[Story], bytes | Bundle]
_MAKERS: list[tuple[str, str, str, Maker]] = []


def case(step: str, what: str) -> Callable[[Maker], Maker]:
    """Registers a case under the function's name, with hyphens."""

    def register(make: Maker) -> Maker:
        _MAKERS.append((make.__name__.replace("_", "-"), step, what, make))
        return make

    return register


def cases() -> list[Case]:
    """Every case, made anew; the same bytes each time."""
    return [Case(name, step, what, as_bytes(make(Story()))) for name, step, what, make in _MAKERS]


def as_bytes(made: bytes | Bundle) -> bytes:
    return made if isinstance(made, bytes) else format_bundle(made)


def zipped(bundle: Bundle, documents: Mapping[str, bytes]) -> bytes:
    """The bundle with documents, as the ledger packs them."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        members = {"bundle.jsonl": format_bundle(bundle)}
        members |= {f"documents/{name}": data for name, data in sorted(documents.items())}
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def changed(bundle: Bundle, at: int, **members: Any) -> Bundle:
    """The bundle with other members in the entry at this index."""
    entries = [one._replace(**members) if one.index == at else one for one in bundle.entries]
    return replace(bundle, entries=tuple(sorted(entries, key=lambda one: one.index)))


def without(bundle: Bundle, *indices: int) -> Bundle:
    return replace(bundle, entries=tuple(one for one in bundle.entries if one.index not in indices))


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


# --- sound ------------------------------------------------------------------------------


@case("", "everything there is about the factory, one text withheld by nobody")
def sound(story: Story) -> Bundle:
    return story.bundle()


@case("", "the same with the letter in it")
def sound_with_documents(story: Story) -> bytes:
    return zipped(story.bundle(), {LETTER_ID: LETTER})


@case("", "a text is withheld: its digest stays")
def sound_with_a_text_withheld(story: Story) -> Bundle:
    bundle, index = story.bundle(), story.made["alleged"].index
    return changed(bundle, index, disclosures=bundle_disclosures(bundle, index)[:1])


@case("", "a text was erased, and is gone")
def sound_with_a_text_erased(story: Story) -> Bundle:
    digests = story.made["alleged"].statement.digests[:1]
    erase(story, digests)
    for one in digests:
        del story.log.disclosures[one]
    return story.bundle()


@case("", "a statement of a later version, which this verifier does not understand")
def sound_with_a_later_version(story: Story) -> Bundle:
    value = canonical.decode(story.allegation().statement.payload)
    value["predicateType"] = value["predicateType"].replace(":v1:", ":v2:")
    value["predicate"]["shape"] = "unheard of"
    payload = canonical.encode(value)
    # Of the later version, whatever this one reads of it is what the index has it under.
    outline = read_statement(story.allegation().statement.payload)._replace(payload=payload)
    outline = outline._replace(id=hashlib.sha256(payload).hexdigest())
    story.smuggle(Signed(outline, sign(payload, story.log.keys["ngo"])))
    return story.bundle()


@case("", "a log without an index: nothing is said about completeness")
def sound_without_an_index(story: Story) -> Bundle:
    prepared = prepare(MemorySource(story.log), ABOUT, story.note())
    return parse_bundle(b"".join(prepared.lines()))


@case("", "an authority has dated the log; the signature of its reply is beyond this verifier")
def sound_with_a_time_stamp(story: Story) -> Bundle:
    return stamped(story, lambda note: reply(split_note(note)[0].encode()))


@case("", "the index covers less than the checkpoint does")
def sound_with_entries_after_the_index(story: Story) -> Bundle:
    index = story.index()
    story.smuggle_allegation()
    assert len(story.log.entries) > index.index + 1
    prepared = prepare(MemorySource(story.log), ABOUT, story.note())
    return parse_bundle(b"".join(prepared.lines()))


@case("", "an allegation signed since its key is said to be compromised: flagged, not refused")
def sound_with_a_compromised_key(story: Story) -> Bundle:
    since = len(story.log.entries)
    story.log.append(story.allegation(LOST))
    story.revoke(LOST, compromisedSince=since)
    return story.bundle()


# --- 2 form -----------------------------------------------------------------------------


@case("form", "a statement with a member that no table names, properly signed")
def statement_with_an_unknown_member(story: Story) -> Bundle:
    return with_claim(story, {**ALLEGED, "remark": "urgent"})


@case("form", "a claim whose term is in no vocabulary")
def term_of_no_vocabulary(story: Story) -> Bundle:
    return with_claim(story, {"issue": "osh/invented"})


@case("form", "an entry recorded at second 60")
def entry_recorded_at_second_60(story: Story) -> Bundle:
    at = f"{story.log.time_of(story.allegation().statement)[:17]}60.000Z"
    story.smuggle(story.allegation(), recorded_at=at)
    story.log.now += 60_000
    return story.bundle()


@case("form", "a statement that is signed in another than its one encoding")
def statement_with_white_space(story: Story) -> Bundle:
    signed = story.allegation()
    payload = signed.statement.payload.replace(b'{"_type"', b'{ "_type"', 1)
    statement = signed.statement._replace(payload=payload, id=hashlib.sha256(payload).hexdigest())
    story.smuggle(Signed(statement, sign(payload, story.log.keys["ngo"])))
    return story.bundle()


# --- 3 signatures -----------------------------------------------------------------------


@case("signatures", "a signature with one bit flipped")
def signature_with_one_bit_flipped(story: Story) -> Bundle:
    return with_signature(story, lambda good: flipped(good.sig))


@case("signatures", "the signature of another statement")
def signature_of_another_statement(story: Story) -> Bundle:
    other = story.allegation(about=["factory:elsewhere"]).envelope.signatures[0]
    return with_signature(story, lambda _good: other.sig)


@case("signatures", "a signature by one key under the id of another")
def signature_by_another_key(story: Story) -> Bundle:
    forged = story.allegation(STRANGER).envelope.signatures[0]
    return with_signature(story, lambda _good: forged.sig)


# --- 4 key status -----------------------------------------------------------------------


@case("key status", "signed with a key that was revoked before")
def signed_with_a_revoked_key(story: Story) -> Bundle:
    story.smuggle_allegation(OLD)
    return story.bundle()


@case("key status", "signed with a key that had expired")
def signed_with_an_expired_key(story: Story) -> Bundle:
    story.smuggle_allegation(BRIEF)
    return story.bundle()


@case("key status", "signed with a key for responses")
def signed_with_a_key_of_another_scope(story: Story) -> Bundle:
    story.smuggle_allegation(PHONE)
    return story.bundle()


@case("key status", "one of two issuers did not sign")
def signed_by_one_of_two_issuers(story: Story) -> Bundle:
    story.smuggle(
        story.log.draft(
            "AllegationMade", ["brand", "ngo"], about=[ABOUT], claim=ALLEGED, signers=[story.log.keys["ngo"]]
        )
    )
    return story.bundle()


@case("key status", "signed with a good key of somebody who is no issuer")
def signed_by_somebody_else(story: Story) -> Bundle:
    story.smuggle_allegation(story.log.keys["brand"])
    return story.bundle()


@case("key status", "signed with a key that its party never had")
def signed_with_a_key_of_nobody(story: Story) -> Bundle:
    story.smuggle_allegation(STRANGER)
    return story.bundle()


@case("key status", "a key added by a device key")
def key_added_by_a_device_key(story: Story) -> Bundle:
    new = KeyPair("ngo new")
    story.smuggle(
        story.log.draft("KeyAdded", "ngo", about=["party:ngo"], claim=new.claim(), signers=[PHONE, new])
    )
    return story.bundle()


@case("key status", "a key that was introduced before")
def key_introduced_again(story: Story) -> Bundle:
    claim, signers = OLD.claim(), [story.log.keys["ngo"], OLD]
    story.smuggle(story.log.draft("KeyAdded", "ngo", about=["party:ngo"], claim=claim, signers=signers))
    return story.bundle()


# --- 5 inclusion ------------------------------------------------------------------------


@case("inclusion", "one bit of a proof flipped")
def path_with_one_bit_flipped(story: Story) -> Bundle:
    bundle, index = story.bundle(), story.made["alleged"].index
    path = entry_of(bundle, index).path
    return changed(bundle, index, path=(flipped(path[0]), *path[1:]))


@case("inclusion", "a proof that goes on beyond the root")
def path_too_long(story: Story) -> Bundle:
    bundle, index = story.bundle(), story.made["alleged"].index
    return changed(bundle, index, path=(*entry_of(bundle, index).path, bytes(32)))


@case("inclusion", "a statement of the context, replaced by another that is signed as well")
def entry_replaced(story: Story) -> Bundle:
    bundle, index = story.bundle(), story.made["report"].index
    other = story.log.draft("DocumentReferenced", "ngo", claim={"form": "memo", "availability": "public"})
    return changed(bundle, index, data=encode_entry(other.envelope, story.made["report"].recorded_at))


@case("inclusion", "a statement of the context, at a position that is not its own")
def entry_moved(story: Story) -> Bundle:
    # The entry behind it, about another factory, is not in the bundle.
    return changed(story.bundle(), story.made["report"].index, index=story.made["elsewhere"].index)


@case("inclusion", "a checkpoint over another tree, signed and witnessed")
def checkpoint_of_another_tree(story: Story) -> Bundle:
    bundle = story.bundle()
    head = Checkpoint(ORIGIN, len(story.log.entries), hashlib.sha256(b"another tree").digest())
    note = sign_checkpoint(head, Signer(ORIGIN, LOG_KEY.seed)) + cosignature(head.text(), WITNESS)
    return replace(bundle, head=replace(bundle.head, checkpoint=note))


# --- 6 trust root -----------------------------------------------------------------------


@case("trust root", "another log, of the same name and signed by the same key")
def log_with_another_genesis(_story: Story) -> Bundle:
    other = Log(now=_story.log.now)
    other.keys = {"operator": OPERATOR, "registrar": REGISTRAR}
    other.append(other.genesis())
    return Story(other).bundle()


@case("trust root", "a head that names another genesis than its own entry 0")
def head_with_another_genesis(story: Story) -> Bundle:
    bundle = story.bundle()
    return replace(bundle, head=replace(bundle.head, genesis="0" * 63 + "1"))


@case("trust root", "a head that names another log than its checkpoint")
def head_with_another_origin(story: Story) -> Bundle:
    bundle = story.bundle()
    return replace(bundle, head=replace(bundle.head, origin="ledger.example.org/other"))


# --- 7 checkpoint, 8 witnesses ----------------------------------------------------------


@case("checkpoint", "a checkpoint signed by another key of the same name")
def checkpoint_by_another_key(story: Story) -> Bundle:
    story.index()
    return story.bundle(story.note(log_key=STRANGER))


@case("checkpoint", "a checkpoint that only the witness has signed")
def checkpoint_without_the_log(story: Story) -> Bundle:
    return with_note_lines(story, lambda lines: lines[1:])


@case("checkpoint", "a signature of the log that does not fit")
def checkpoint_with_a_bad_signature(story: Story) -> Bundle:
    other = sign_checkpoint(Checkpoint(ORIGIN, 1, bytes(32)), Signer(ORIGIN, LOG_KEY.seed))
    return with_note_lines(story, lambda lines: [other.splitlines()[-1], *lines[1:]])


@case("witnesses", "a checkpoint that no witness has seen")
def checkpoint_without_a_cosignature(story: Story) -> Bundle:
    return with_note_lines(story, lambda lines: lines[:1])


@case("witnesses", "a cosignature by a stranger under the witness's name")
def cosignature_by_a_stranger(story: Story) -> Bundle:
    story.index()
    return story.bundle(story.note(witness=STRANGER))


@case("witnesses", "the witness's cosignature of another tree")
def cosignature_of_another_tree(story: Story) -> Bundle:
    other = Checkpoint(ORIGIN, 1, bytes(32)).text()
    return with_note_lines(story, lambda lines: [lines[0], cosignature(other, WITNESS)[:-1]])


# --- 9 completeness ---------------------------------------------------------------------


@case("completeness", "an allegation about the factory is left out")
def allegation_withheld(story: Story) -> Bundle:
    extra = story.log.append(story.allegation())
    return without(story.bundle(), extra.index)


@case("completeness", "the newest statement is left out, and the proofs are of an older index")
def proof_of_an_older_index(story: Story) -> Bundle:
    older = story.bundle()
    story.log.entries.pop()  # the index of `older`
    story.log.recorded.pop()
    extra = story.log.append(story.allegation())
    newer = without(story.bundle(), extra.index)
    return replace(newer, keys=older.keys)


@case("completeness", "a revocation is left out")
def revocation_withheld(story: Story) -> Bundle:
    return without(story.bundle(), story.made["revoked"].index)


@case("completeness", "the proof of an issuer's keys is left out")
def key_proof_left_out(story: Story) -> Bundle:
    bundle = story.bundle()
    return replace(bundle, keys=tuple(one for one in bundle.keys if one.key != "keys:brand"))


@case("completeness", "an index with another root")
def index_with_another_root(story: Story) -> Bundle:
    story.index(root=base64_encode(hashlib.sha256(b"another index").digest()))
    return story.bundle()


@case("completeness", "the index statement is not in it")
def index_left_out(story: Story) -> Bundle:
    bundle = story.bundle()
    assert bundle.head.index is not None
    return without(bundle, bundle.head.index)


@case("completeness", "the head names an entry that is no index statement")
def head_with_another_index(story: Story) -> Bundle:
    bundle = story.bundle()
    return replace(bundle, head=replace(bundle.head, index=story.made["alleged"].index))


@case("completeness", "an entry from beyond what the index covers")
def entry_beyond_the_index(story: Story) -> Bundle:
    story.index()
    last = story.smuggle_allegation().index
    prepared = prepare(MemorySource(story.log), ABOUT, story.note())
    bundle, source = parse_bundle(b"".join(prepared.lines())), MemorySource(story.log)
    path = inclusion_proof(last, last + 1, lambda level, index: source.node(level, index, 1)[0])
    added = BundledEntry(last, story.log.entries[last], tuple(path))
    return replace(bundle, entries=(*bundle.entries, added))


@case("completeness", "a bundle about another name than its keys are")
def head_about_another_name(story: Story) -> Bundle:
    bundle = story.bundle()
    return replace(bundle, head=replace(bundle.head, about="factory:elsewhere"))


# --- 10 rules ---------------------------------------------------------------------------


@case("rules", "a reply that leaves out a party its target is about")
def reply_with_a_missing_subject(story: Story) -> Bundle:
    refs = [("acknowledges", story.made["alleged"])]
    story.smuggle(story.log.draft("ResponseGiven", "ngo", about=[ABOUT], refs=refs, claim={}, closed=False))
    return story.bundle()


@case("rules", "a statement that is bound to another log")
def statement_of_another_log(story: Story) -> Bundle:
    ledger = {"genesis": "0" * 63 + "1", "origin": ORIGIN}
    story.smuggle(story.allegation(ledger=ledger))
    return story.bundle()


@case("rules", "an entry recorded before the one in front of it")
def entry_back_dated(story: Story) -> Bundle:
    story.smuggle(story.allegation(), recorded_at="2026-01-05T09:00:03.000Z")
    return story.bundle()


@case("rules", "a statement issued an hour after it was recorded")
def statement_issued_ahead(story: Story) -> Bundle:
    story.smuggle_allegation(issuedAt="2026-01-05T10:10:00Z")
    return story.bundle()


@case("rules", "a statement logged after its last moment")
def statement_submitted_late(story: Story) -> Bundle:
    story.smuggle_allegation(submitBy="2026-01-05T09:00:01Z")
    return story.bundle()


@case("rules", "a statement logged twice")
def statement_logged_twice(story: Story) -> Bundle:
    signed = story.allegation()
    story.log.append(signed)
    story.smuggle(signed)
    return story.bundle()


@case("rules", "a digest that stands in two statements")
def digest_repeated(story: Story) -> Bundle:
    claim = {**ALLEGED, "_sd": [story.made["replied"].statement.digests[0]]}
    story.smuggle_allegation(claim=claim)
    return story.bundle()


@case("rules", "an allegation withdrawn by somebody who did not make it")
def withdrawn_by_another(story: Story) -> Bundle:
    refs = [("amends", story.made["alleged"])]
    story.smuggle(story.log.draft("StatementWithdrawn", "brand", refs=refs, claim={}))
    return story.bundle()


@case("rules", "a reply to something that was logged later")
def reply_to_a_later_statement(story: Story) -> Bundle:
    later = story.allegation(by="brand")
    refs = [("acknowledges", later.statement.id)]
    story.smuggle(story.log.draft("ResponseGiven", "ngo", about=[ABOUT], refs=refs, claim={}))
    story.smuggle(later)
    return story.bundle()


@case("rules", "a subject pinned by another statement than the one that made it")
def subject_with_another_digest(story: Story) -> Bundle:
    story.smuggle_allegation(pins={ABOUT: story.made["alleged"].statement.id})
    return story.bundle()


@case("rules", "a finding by somebody who may not determine anything")
def finding_by_a_bystander(story: Story) -> Bundle:
    refs = [("about", story.made["alleged"])]
    story.smuggle(
        story.log.draft(
            "DeterminationIssued", "brand", about=[ABOUT], refs=refs, claim={"outcome": "not-evidenced"}
        )
    )
    return story.bundle()


@case("rules", "an index that counts itself among the entries before it")
def index_over_itself(story: Story) -> Bundle:
    # Index statements have no keys, so the root over one entry more is the same.
    story.index(size_claimed=len(story.log.entries) + 1)
    return story.bundle()


# --- 11 disclosures ---------------------------------------------------------------------


@case("disclosures", "the text of another statement in the place of its own")
def disclosure_swapped(story: Story) -> Bundle:
    bundle = story.bundle()
    replied = bundle_disclosures(bundle, story.made["replied"].index)
    return changed(bundle, story.made["alleged"].index, disclosures=replied)


@case("disclosures", "a text with another salt")
def disclosure_with_another_salt(story: Story) -> Bundle:
    bundle, index = story.bundle(), story.made["replied"].index
    (good,) = bundle_disclosures(bundle, index)
    return changed(bundle, index, disclosures=(make(bytes(16), "text", parse(good).value),))


@case("disclosures", "a text that was altered")
def disclosure_altered(story: Story) -> Bundle:
    bundle, index = story.bundle(), story.made["replied"].index
    opened = parse(bundle_disclosures(bundle, index)[0])
    return changed(bundle, index, disclosures=(make(opened.salt, "text", text("No comment.")),))


@case("disclosures", "a text shown although it was erased")
def disclosure_shown_after_erasure(story: Story) -> Bundle:
    erase(story, story.made["alleged"].statement.digests[:1])
    return story.bundle()


@case("disclosures", "a disclosed member that its kind does not have")
def disclosure_of_an_unknown_member(story: Story) -> Bundle:
    story.smuggle_allegation(hidden={"colour": text("red")})
    return story.bundle()


# --- 12 documents -----------------------------------------------------------------------


@case("documents", "other bytes under the letter's name")
def document_altered(story: Story) -> bytes:
    return zipped(story.bundle(), {LETTER_ID: flipped(LETTER)})


@case("documents", "a document that nobody entered")
def document_of_nobody(story: Story) -> bytes:
    stray = b"What is this?\n"
    return zipped(story.bundle(), {LETTER_ID: LETTER, hashlib.sha256(stray).hexdigest(): stray})


@case("documents", "a document shown although it was erased")
def document_shown_after_erasure(story: Story) -> bytes:
    erase(story, [LETTER_ID], story.made["letter"])
    return zipped(story.bundle(), {LETTER_ID: LETTER})


# --- 13 time-stamps ---------------------------------------------------------------------


@case("time-stamps", "a reply about something else")
def time_stamp_of_something_else(story: Story) -> Bundle:
    return stamped(story, lambda _note: reply(b"something else"))


@case("time-stamps", "a reply about the checkpoint of another log")
def time_stamp_of_another_tree(story: Story) -> Bundle:
    bundle = stamped(story, lambda note: reply(split_note(note)[0].encode()))
    (anchor,) = bundle.anchors
    head = Checkpoint(ORIGIN, 3, hashlib.sha256(b"another tree").digest())
    note = sign_checkpoint(head, Signer(ORIGIN, LOG_KEY.seed))
    return replace(bundle, anchors=(anchor._replace(note=note, replies=(reply(head.text().encode()),)),))


@case("time-stamps", "a reply in which the authority refuses")
def time_stamp_refused(story: Story) -> Bundle:
    return stamped(story, lambda note: reply(split_note(note)[0].encode(), status=2))


# --- making defects ---------------------------------------------------------------------


def entry_of(bundle: Bundle, index: int) -> Any:
    return next(one for one in bundle.entries if one.index == index)


def bundle_disclosures(bundle: Bundle, index: int) -> tuple[str, ...]:
    found: tuple[str, ...] = entry_of(bundle, index).disclosures
    return found


def with_claim(story: Story, claim: Mapping[str, Any]) -> Bundle:
    """An allegation with this claim, of whatever form."""
    value = canonical.decode(story.allegation().statement.payload)
    value["predicate"]["claim"] = dict(claim)
    payload = canonical.encode(value)
    story.smuggle(Signed(read_statement(payload), sign(payload, story.log.keys["ngo"])))
    return story.bundle()


def with_signature(story: Story, forge: Callable[[Signature], bytes]) -> Bundle:
    """An allegation whose signature is what `forge` makes of the good one."""
    signed = story.allegation()
    (good,) = signed.envelope.signatures
    forged = normalised(signed.envelope.payload, [Signature(good.keyid, forge(good))])
    story.smuggle(Signed(signed.statement, Envelope(forged.payload, forged.signatures)))
    return story.bundle()


def with_note_lines(story: Story, change: Callable[[list[str]], list[str]]) -> Bundle:
    """The bundle whose checkpoint has other signature lines."""
    bundle = story.bundle()
    text_, _, lines = bundle.head.checkpoint.rpartition("\n\n")
    note = text_ + "\n\n" + "".join(line + "\n" for line in change(lines.splitlines()))
    return replace(bundle, head=replace(bundle.head, checkpoint=note))


def erase(story: Story, digests: Sequence[str], target: Recorded | None = None) -> None:
    refs = [("controls", target or story.made["alleged"])]
    claim = {"ground": "consent-withdrawn", "digests": sorted(digests)}
    story.smuggle(story.log.draft("DisclosureErased", "ngo", refs=refs, claim=claim))


def stamped(story: Story, answer: Callable[[str], bytes]) -> Bundle:
    """The bundle with a reply over the checkpoint of the log as it was before its end."""
    early = checkpoint(story.log, len(story.log.entries) - 1)
    return story.bundle(stamped=[TimeStamped(early, [answer(early)])])


# --- RFC 3161 replies, unsigned ---------------------------------------------------------

SIGNED_DATA, TST_INFO, SHA256 = "2a864886f70d010702", "2a864886f70d0109100104", "608648016503040201"


def reply(data: bytes, status: int = 0, time: str = "20260105090100Z") -> bytes:
    """A TimeStampResp over `data` whose signature nobody has made: what the verifier reads of one."""
    imprint = der(0x30, der(0x30, oid(SHA256)) + der(0x04, hashlib.sha256(data).digest()))
    info = der(0x30, number(1) + oid("2a0304") + imprint + number(7) + der(0x18, time.encode()))
    inner = der(0x30, oid(TST_INFO) + der(0xA0, der(0x04, info)))
    signed = der(0x30, number(3) + der(0x31, der(0x30, oid(SHA256))) + inner + der(0x31, b""))
    return der(0x30, der(0x30, number(status)) + der(0x30, oid(SIGNED_DATA) + der(0xA0, signed)))


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def number(value: int) -> bytes:
    return der(0x02, bytes([value]))


def oid(body: str) -> bytes:
    return der(0x06, bytes.fromhex(body))


def write(folder: Path = CORPUS) -> None:
    """Write every case, the list of them, and the trust file."""
    folder.mkdir(exist_ok=True)
    listed = []
    for one in cases():
        (folder / one.file).write_bytes(one.data)
        listed.append({"file": one.file, "step": one.step, "what": one.what})
    (folder / "cases.json").write_text(json.dumps(listed, indent=1) + "\n")
    (folder / "trust.json").write_text(format_trust(corpus_trust()))


if __name__ == "__main__":
    write()
