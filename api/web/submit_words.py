"""What the scripts of the submitting pages say, by the names that they use; `{named}` places are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.web.language import Language
from projections.wording import marked

WORDS: Final[Mapping[str, Any]] = {
    # A statement in two parts.
    "about": marked("about"),
    "attribution": marked("given as"),
    "by": marked("by way of {who}"),
    "digestCount": marked("{n}; they show neither the words nor their length"),
    "digests": marked("digests of what lies beside the log"),
    "document": marked("document"),
    "documentKept": marked("{size} bytes; the digest {digest} stays"),
    "hiddenParts": marked(
        "Parts hidden from you: {n}. The statement commits to words that this file does not show; whoever "
        "has them can publish them under your signature. So it cannot be signed here. Ask for the whole file."
    ),
    "keyUsed": marked("Signed for {party} with this browser's key {key}…"),
    "kind": marked("kind"),
    "no": marked("no"),
    "nobody": marked("the ledger itself"),
    "notSignedBy": marked("not signed by"),
    "nothingErasable": marked("Nothing of it lies beside the log."),
    "others": marked(
        "{names} must sign, too. Save the file with your signature and send it to them: they add theirs with "
        "“evidence cosign”, or on the page for signed files."
    ),
    "proposedBy": marked("proposed by {who}, not registered by the registrar"),
    "saidBy": marked("said by"),
    "signedBy": marked("signed by"),
    "signedOn": marked("signed on"),
    "yes": marked("yes"),
    # Days and instants.
    "dayAndTime": marked("{day}, {time} UTC"),
    "fromTo": marked("{first} to {last}"),
    "sinceDay": marked("since {day}"),
    "untilDay": marked("until {day}"),
    # Finding statements.
    "chooseOne": marked("Choose one of these:"),
    "chosen": marked("Chosen: {id}"),
    "foundName": marked("{name} is in this ledger."),
    "foundStatement": marked("{event} by {by}, recorded {day}."),
    "looking": marked("Looking…"),
    "nothingFound": marked(
        "Nothing found. Type other words, paste the address of the statement's page, "
        "or name above whom it is about and leave this empty."
    ),
    "foundAs": marked("“{called}” was read as {name}."),
    "doYouMean": marked("Do you mean one of these?"),
    # Documents.
    "digested": marked("SHA-256: {digest}"),
    "digesting": marked("Taking the digest, on this machine…"),
    "empty": marked("The file is empty."),
    "held": marked("Sent: {name}, {size} bytes, {media}. SHA-256: {digest}"),
    "otherBytes": marked("The ledger took in other bytes than this file has. Choose the file again."),
    "sending": marked("Sending…"),
    "stopped": marked("Stopped."),
    "tooLarge": marked("The file has {size} MiB; the limit is {limit} MiB."),
    # Drafts.
    "drop": marked("Delete"),
    "dropNamed": marked("Delete the draft: {name}"),
    "noDrafts": marked("Nothing unfinished."),
    "dropped": marked("The draft is deleted."),
    "kept": marked("Draft kept in this browser at {time}."),
    "notKept": marked("This browser keeps no draft: its storage is full or turned off."),
    "restored": marked("Your draft of {time} is back."),
    # Keys.
    "codeAlt": marked("The request as a code to photograph"),
    "compare": marked("Digits to compare:"),
    "forget": marked("Delete this key"),
    "forgetInForce": marked(
        "This key is in force. Deleted here it can never sign again, and it stays in force for nobody: "
        "have it revoked if others may have it. Delete it?"
    ),
    "forgetNamed": marked("Delete this key: {name}"),
    "forgetSure": marked("Nobody can bring this key back. Delete it?"),
    "forgotten": marked("The key is deleted from this browser."),
    "keyTitle": marked("{party}, {label}"),
    "made": marked("The key is made. Now send the request to whoever has your organisation's root key."),
    "noKeys": marked("There is no key in this browser yet."),
    "noParty": marked(
        "There is no party of this name in this ledger. Choose one of the list, as it opens in the field."
    ),
    "notPersisted": marked("This browser does not promise to keep it."),
    "notRegistered": marked(
        "This party is only named here, it has no key of its own yet. The registrar registers it."
    ),
    "offline": marked(
        "If the root key lies on a machine without network, add --offline there, "
        "and open the signed file here, on the page for signed files."
    ),
    "revokedAt": marked("since entry {entry}"),
    "saveRequest": marked("Save the request"),
    "sendRequest": marked("Whoever has the root key runs this beside the saved request:"),
    "showCode": marked("Show the request, and as a code"),
    "sinceEntry": marked("since entry {entry}"),
    "until": marked("Ends by itself after {day}."),
    "keyOption": marked("{party}, {label}: {state}"),
    "noKey": marked("no key that can sign this"),
    "states": {
        "expired": marked("expired"),
        "in-force": marked("in force"),
        "revoked": marked("revoked"),
        "scope": marked("may not sign this kind"),
        "unknown-party": marked("its party is not in this ledger"),
        "waiting": marked("waiting for the organisation's root key"),
    },
    # Receipts.
    "bundleFails": marked("The bundle does not hold, so it was not saved: {what}. Report it."),
    "bundleOpen": marked("What did not hold, or was not checked here:"),
    "bundleSaved": marked(
        "The bundle is saved, with this entry in it. It was measured against this ledger's word about "
        "itself: check it again with a trust file from somewhere else."
    ),
    "checked": marked("checked in this browser"),
    "checkedBadly": marked("it does not hold: {what}. Keep both files and report it."),
    "checkedWell": marked("the entry is what was signed, and the log's signed tree holds it"),
    "entry": marked("entry"),
    "gettingBundle": marked("Getting the bundle and checking it…"),
    "goOn": marked("State something that rests on this document:"),
    "log": marked("log"),
    "noBundle": marked("The ledger did not give the bundle: {why}"),
    "noReceipt": marked("This browser keeps no receipt of that statement."),
    "noReceipts": marked("There is no receipt in this browser yet."),
    "notOfReceipt": marked("it does not hold the entry of this receipt"),
    "stepFound": marked("{step}: {grade}; {what}"),
    "notIndexed": marked(
        "The ledger has not indexed this entry yet, which takes a minute or so. This page keeps asking, and "
        "saves the bundle once it is there."
    ),
    "receiptOf": marked("entry {entry}: {what}"),
    "recorded": marked("recorded"),
    "resting": {
        "allegation": marked("an allegation"),
        "commitment": marked("a commitment"),
        "determination": marked("a finding"),
        "observation": marked("an observation"),
        "request": marked("a request"),
        "response": marked("a response"),
    },
    "signedFor": marked("signed for"),
    "statement": marked("statement"),
    # Signed files.
    "newKey": marked("a new key"),
    "otherLedger": marked("This file is for another ledger."),
    "signatureAdded": marked("Signed for {party}."),
    "signatureBy": marked("{party}, with the key {key}…"),
    "signatureMissing": marked("{party}: still missing"),
    "strangeDisclosure": marked("The file holds words that do not belong to its statement."),
    # Signing.
    "signedFile": marked("Saved with your signature. Nothing was sent to the ledger."),
    "unreachable": marked(
        "The ledger did not answer. Press the button again: a statement is never entered twice."
    ),
    # What is wrong.
    "wrong": marked("This cannot be signed yet"),
    "problems": {
        "bare": marked(
            "Words, people and amounts about harassment belong into a sealed statement, "
            "which cannot be made yet. Leave this empty."
        ),
        "choice": marked("Choose one of the list."),
        "count-part": marked(
            "A part of fewer than ten among {n} could point at somebody, and the log keeps it for ever. "
            "Tick “Keep it out of the permanent log”, or leave it out."
        ),
        "count-sample": marked(
            "Counts of people stay in the log for ever only where at least ten were asked, and it says so. "
            "Tick “Keep it out of the permanent log”, or give the sample (n) of ten or more."
        ),
        "count-sensitive": marked("No counts about harassment stay in the log for ever. Leave this out."),
        "form": marked("This has not the form that the help above describes."),
        "needed": marked("This is needed."),
        "no-key": marked("A key of yours that is in force in this ledger is needed to sign."),
        "quantity": marked("Give one amount, or from and to."),
        "reference-needed": marked(
            "A reference is missing, is one too many, or is of another kind. Possible: {rels}."
        ),
        "sealed": marked(
            "Statements about harassment and gender-based violence are sealed unless their author decides "
            "otherwise, and sealed ones cannot be made yet. You may sign the bare issue for all to see."
        ),
        "subject-needed": marked("Name whom or what it is about, in the way that the help describes."),
        "too-large": marked("The statement is too long. Shorten it, or make two of it."),
        "unknown-reference": marked(
            "“{name}” is no statement or name of this ledger. Use “Find”, or paste the address of its page."
        ),
        "unknown-subject": marked(
            "Nobody has registered “{name}” here. Choose one of the names that are offered, or look at the "
            "spelling."
        ),
    },
}


def translated(language: Language, words: Mapping[str, Any] = WORDS) -> dict[str, Any]:
    """The words in a language."""
    return {
        name: translated(language, word) if isinstance(word, Mapping) else language.gettext(word)
        for name, word in words.items()
    }
