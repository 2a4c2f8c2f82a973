"""What the verify page's scripts say: sentences of the steps by their English, the page's own by name.

The verifier in the browser makes sentences of templates, as `evidence-verify` prints them in English; a test
holds this list against the scripts. Codes of refusals, and what stands behind them, are the protocol's own
words in any language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.web.language import Language
from ledger.core.report import FAILED, HELD, UNCHECKED, UNREADABLE, UNVERIFIED
from ledger.verifier.words import MEANINGS, QUESTIONS
from projections.wording import marked

SENTENCES: Final = (
    marked("a bundle about {about}: {n} entries of a log of {size}"),
    marked("a statement of another version"),
    marked("all there is under {n} keys up to entry {entry}"),
    marked("all {n} entries of `{key}` among the first {size}, {signer}"),
    marked("and {n} more"),
    marked("as the operator has signed"),
    marked("asks `{asks}`, {n} entries"),
    marked(
        "bound to this log, in order of time, nothing twice; the other rules are checked by evidence-verify"
    ),
    marked("complete up to entry {entry} (recorded {time} or later), audited"),
    marked("complete up to entry {entry} (recorded {time} or later), operator's claim"),
    marked("content not understood, another version: {entries}"),
    marked("content not understood: {type}"),
    marked("entries {entries} are beyond the {size} that the index covers"),
    marked("entry 0 is not here, so nothing says what binds the others"),
    marked("entry 0 names another genesis"),
    marked("entry {earlier} does not precede entry {later}"),
    marked("entry {index} indexes entries after itself"),
    marked("entry {index} is missing in the file"),
    marked("entry {index} is no index statement"),
    marked("entry {index} is no index statement, or is not here"),
    marked("entry {index} is of {origin} with genesis {genesis}"),
    marked("entry {index} of a log of {size}"),
    marked("entry {index} responds, in all {n} do, up to entry {entry}, as indexed at {time}"),
    marked("entry {index}, the request, is beyond the {size} indexed"),
    marked("entry {index}: {why}"),
    marked("failed"),
    marked("in the tree with root {root}"),
    marked("inclusion proven, content not understood"),
    marked("inclusion proven, content not understood, of statements of another version"),
    marked("its form"),
    marked("its {other} is missing"),
    marked("keys not at hand for {entries}"),
    marked("keys not at hand: {keys}; the bundle of the statement has them"),
    marked("keys not proven: {missing}; proven for nothing: {surplus}"),
    marked("logged, unwitnessed"),
    marked("logged, witnessed"),
    marked("logged; nothing is said about completeness"),
    marked("no entries have the key `{key}` up to entry {entry}, as indexed at {time}, audited"),
    marked("no entries have the key `{key}` up to entry {entry}, as indexed at {time}, operator's claim"),
    marked("no entry here names the document {digest}"),
    marked(
        "no response to the request of {since} (entry {index}) up to entry {entry}, as indexed at "
        "{time}, audited"
    ),
    marked(
        "no response to the request of {since} (entry {index}) up to entry {entry}, as indexed at "
        "{time}, operator's claim"
    ),
    marked("no trust file was given: anyone can make a log of this name"),
    marked("none"),
    marked("not decided here for {entries}, for want of {what}"),
    marked("not needed: the places in the log answer by themselves"),
    marked("only the bundle inside the page was checked; what the page prints may be something else"),
    marked("recorded {time}"),
    marked("signed by a key that entry 0 does not have: {key}"),
    marked("signed by whom they had to be, with keys valid then"),
    marked("signed by {name}, key {hash}"),
    marked(
        "signed in this log's name by a key that the trust file does not list; if the log has changed "
        "keys, use the trust file of that time"
    ),
    marked("signed since their key is said to be compromised: {entries}"),
    marked("the bytes called {digest} are others"),
    marked("the checkpoint is not signed by the log"),
    marked("the checkpoint is of {origin}, entry 0 is {id}"),
    marked("the checkpoint is of {origin}, the statement of {other}"),
    marked("the document {digest} was erased"),
    marked("the file does not hold a request {request}"),
    marked("the history of {name}"),
    marked("the index does not hold"),
    marked("the key that signed the checkpoint is not known"),
    marked("the keys of statements of another version are not known"),
    marked("the log had no index statement: nothing is said about completeness"),
    marked("the path of entry {index} does not lead to the checkpoint"),
    marked("the proof does not lead from this entry to the checkpoint's root"),
    marked("the proofs of {entries} do not lead to the checkpoint's root"),
    marked("the signature of key {key} does not verify"),
    marked("the tables of each kind are checked by evidence-verify"),
    marked("this is no bundle, dossier, receipt or proof file"),
    marked("trust root: unverified"),
    marked("unreadable"),
    marked("unwitnessed"),
    marked("which witnesses count is not known"),
    marked("witnessed"),
    marked("{code}: {what}"),
    marked("{event} (entry {index}, recorded {time})"),
    marked("{event} {id}"),
    marked("{first} was logged before {second}"),
    marked("{good} good"),
    marked("{held} held, {withheld} withheld, {erased} erased"),
    marked("{match} match, {absent} absent, {erased} erased"),
    marked("{n} are canonical and have the members of every statement"),
    marked("{n} cosignatures, quorum {quorum}"),
    marked("{n} cosignatures, the quorum {quorum} is not reached"),
    marked("{n} cosignatures; the trust file asks for no witnesses"),
    marked("{n} entries have the key `{key}` up to entry {entry}, as indexed at {time}, audited"),
    marked("{n} entries have the key `{key}` up to entry {entry}, as indexed at {time}, operator's claim"),
    marked("{n} entries in a log of {size}"),
    marked("{n} in the tree of {size}"),
    marked("{n} verified"),
    marked("{n} verified, {own} by keys that the statement itself introduces"),
    marked("{origin} with genesis {genesis}"),
    marked("{origin} with genesis {genesis}; the trust file names {own_origin} with genesis {own_genesis}"),
    marked("{shown} and {n} more"),
    marked("{size} entries at {time}"),
    marked("{times}; imprint matches, signature unchecked"),
)

GRADES: Final[Mapping[str, str]] = {
    HELD: marked("held"),
    FAILED: marked("failed"),
    UNREADABLE: marked("unreadable"),
    UNCHECKED: marked("unchecked"),
    UNVERIFIED: marked("unverified"),
}
# The steps' names, as everywhere; those of one verification or another.
STEPS: Final = (
    *(marked("file"), marked("form"), marked("entry"), marked("statement"), marked("statements")),
    *(marked("signatures"), marked("key status"), marked("proof"), marked("inclusion"), marked("trust root")),
    *(marked("checkpoint"), marked("witnesses"), marked("completeness"), marked("rules")),
    *(marked("disclosures"), marked("documents"), marked("time-stamps"), marked("index"), marked("answer")),
    marked("page text"),
)
KINDS: Final[Mapping[str, str]] = {
    "bundle": marked("a bundle"),
    "receipt": marked("a receipt"),
    "index-proof": marked("a proof file"),
    "unreadable": marked("a file that cannot be read"),
}
# Parts of a file in which the drill may choose a byte, and what they are called where a byte stands in one.
PARTS: Final[Mapping[str, str]] = {
    "statement": marked("statement"),
    "signature": marked("signature"),
    "proof": marked("proof of inclusion"),
    "completeness": marked("proof of completeness"),
    "checkpoint": marked("checkpoint"),
    "disclosure": marked("disclosed text"),
    "document": marked("document"),
}
# What the steps amount to; for two of the grades the command line's words do not fit a page.
_MEANINGS: Final[Mapping[str, str]] = MEANINGS | {
    UNVERIFIED: marked(
        "The file agrees with itself, but you have not said which ledger you trust, and anyone can make a "
        "log of any name. Choose the ledger's trust file, from somewhere else than this file came from."
    ),
    UNCHECKED: marked(
        "No check failed. What is marked unchecked needs something that is not in the file, or the tables "
        "and rules that the command line alone knows: a breach of those would go unnoticed here."
    ),
}

WORDS: Final[Mapping[str, str]] = {
    # Checking.
    "reading": marked("Reading {name}…"),
    "checking": marked("Checking {name}…"),
    "step": marked("Step {step} of {steps}: {question}"),
    "checked": marked("Checked: {kind}, {name}. {meaning}"),
    "failedSteps": marked("Failed: {steps}."),
    "verdict": marked("Verdict: {verdict}."),
    "pageText": marked(
        "This is about the bundle inside the page. The page may print something else: compare it with what a "
        "ledger that you trust shows, or get the dossier from there."
    ),
    "stopped": marked("Stopped. Nothing was decided."),
    "refused": marked("This cannot be checked: {why}"),
    "nothing": marked("None of these files can be checked by itself."),
    "pasted": marked("what was pasted"),
    "pasteFirst": marked("Paste something first."),
    "fetching": marked("Fetching the example from this ledger…"),
    "fetchingBundle": marked("Fetching the bundle from this ledger…"),
    "noBundle": marked(
        "This ledger has no bundle of that statement: the receipt is of another ledger, or the entry is not "
        "indexed yet, which takes a minute or so."
    ),
    "notFetched": marked("The ledger did not answer: {why}"),
    "leftOut": marked("{name}: {why}"),
    "checkNext": marked("Check {name}"),
    # Trust.
    "trusting": marked("You trust {origin}, by {source}."),
    "byFile": marked("a file that you chose"),
    "byLedger": marked("this ledger's word about itself"),
    "badTrust": marked("This trust file cannot be used: {why}"),
    "trustingNobody": marked("No ledger is trusted."),
    # The drill.
    "ofBytes": marked("of {size} bytes, counted from 0"),
    "place": marked("Byte {offset} is 0x{old} “{old_text}”, and would become 0x{fresh} “{fresh_text}”."),
    "inPart": marked("It stands in: {part}."),
    "inPartOf": marked("It stands in: {part} of entry {entry}."),
    "inNoPart": marked(
        "It stands in none of these parts: numbers, names and marks that hold the file together."
    ),
    "flipping": marked("Byte {offset} was changed in a copy. Checking the copy…"),
    "caught": marked("Refused by {steps}."),
    "caughtStep": marked("step {number}, {name}: {detail}"),
    "uncaught": marked("No step refused the changed copy."),
    "uncaughtTrust": marked(
        "Nobody has said which ledger to trust, so that no signature of a log could be judged. Choose a "
        "trust file and try again."
    ),
    "uncaughtOther": marked(
        "Nothing vouches for this byte: signatures of keys that you do not trust, and what others may have "
        "added, are passed over."
    ),
    "was": marked("before"),
    "is": marked("after"),
    # The weak key.
    "valid": marked("valid"),
    "invalid": marked("refused"),
    "unknown": marked("it does not know Ed25519, or takes no such key"),
    "smallOrder": marked("refused: the key is a point of small order, which fits every message"),
    "weakTold": marked(
        "The weak key: this browser's own WebCrypto says: {browser}. The ledger's check says: {ours}."
    ),
    # How signatures were checked.
    "byBrowser": marked("Signatures by this browser's Ed25519, once the page has checked the keys."),
    "byArithmetic": marked("Signatures by the page's own arithmetic, as this browser has no Ed25519."),
}


def translated(language: Language) -> dict[str, Any]:
    """All of it in one language, as the page carries it."""

    def each(table: Mapping[str, str]) -> dict[str, str]:
        return {name: language.gettext(text) for name, text in table.items()}

    return {
        "words": each(WORDS),
        "sentences": each({text: text for text in SENTENCES}),
        "grades": each(GRADES),
        "steps": each({name: name for name in STEPS}),
        "questions": each(QUESTIONS),
        "kinds": each(KINDS),
        "parts": each(PARTS),
        "meanings": each(_MEANINGS),
    }
