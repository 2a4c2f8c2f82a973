"""Notes and checkpoints: published examples, cosignatures, and whose signature counts."""

import pytest

from ledger.core import checkpoint, note
from ledger.core.refusal import Refusal
from tests.vectors import common, proofs

# The example of c2sp.org/signed-note.
PUBLISHED_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PUBLISHED_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
    "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of Go's golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
    "qdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-checkpoint, with the cosignature that c2sp.org/tlog-cosignature adds to it.
PUBLISHED_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q"
    "1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin"
    "1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
HEAD = checkpoint.Checkpoint(common.ORIGIN, 5, bytes(32))
LOG = proofs.log_signer()
WITNESS = "witness.example"


def witness() -> note.Verifier:
    return note.Verifier.from_vkey(proofs.witness_vkey(WITNESS, common.seed("witness")))


@pytest.mark.parametrize(("vkey", "signed"), [(PUBLISHED_VKEY, PUBLISHED_NOTE), (GO_VKEY, GO_NOTE)])
def test_a_published_note_opens_under_its_published_key(vkey: str, signed: str) -> None:
    verifier = note.Verifier.from_vkey(vkey)
    assert verifier.vkey == vkey
    assert note.open_note(signed, [verifier]).text == signed.rpartition("\n\n")[0] + "\n"


def test_the_published_checkpoint_reads_with_the_time_of_its_cosignature() -> None:
    text, (by_log, by_witness) = note.split_note(PUBLISHED_CHECKPOINT)
    head = checkpoint.parse(text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert f"{head.text()}\n{by_log.line}{by_witness.line}" == PUBLISHED_CHECKPOINT
    assert (by_log.name, by_witness.name) == (head.origin, "witness.example.com/w1")
    assert int.from_bytes(by_witness.signature[:8], "big") == 1_679_315_147


def test_a_checkpoint_opens_under_the_logs_key() -> None:
    head, opened = checkpoint.open_checkpoint(checkpoint.sign_checkpoint(HEAD, LOG), LOG.verifier)
    assert head == HEAD
    assert len(opened.verified) == 1


def test_a_cosignature_of_a_known_witness_is_verified() -> None:
    signed = checkpoint.sign_checkpoint(HEAD, LOG)
    signed += proofs.cosign(HEAD.text(), WITNESS, common.seed("witness"), 1_574_240_400)
    _, opened = checkpoint.open_checkpoint(signed, LOG.verifier, [witness()])
    assert [signature.name for signature in opened.verified] == [common.ORIGIN, WITNESS]


def test_a_cosignature_of_another_time_than_it_says_rejects_the_note() -> None:
    signed = checkpoint.sign_checkpoint(HEAD, LOG)
    line = proofs.cosign(HEAD.text(), WITNESS, common.seed("witness"), 1_574_240_400)
    _, signatures = note.split_note(signed + line)
    stamped = bytes(8) + signatures[1].signature[8:]
    forged = note.NoteSignature(WITNESS, signatures[1].key_hash, stamped).line
    with pytest.raises(Refusal, match="bad-signature"):
        checkpoint.open_checkpoint(signed + forged, LOG.verifier, [witness()])


def test_a_cosignature_from_beyond_the_range_of_time_is_bad() -> None:
    line = proofs.cosign(HEAD.text(), WITNESS, common.seed("witness"), 2**63)
    with pytest.raises(Refusal, match="bad-signature"):
        checkpoint.open_checkpoint(checkpoint.sign_checkpoint(HEAD, LOG) + line, LOG.verifier, [witness()])


def test_a_cosignature_that_is_too_short_is_bad() -> None:
    line = note.NoteSignature(WITNESS, witness().key_hash, b"short").line
    with pytest.raises(Refusal, match="bad-signature"):
        checkpoint.open_checkpoint(checkpoint.sign_checkpoint(HEAD, LOG) + line, LOG.verifier, [witness()])


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    signed = HEAD.text() + "\n" + proofs.cosign(HEAD.text(), WITNESS, common.seed("witness"), 1)
    with pytest.raises(Refusal, match="note-unverified"):
        checkpoint.open_checkpoint(signed, LOG.verifier, [witness()])


def test_a_log_cannot_sign_for_another_origin() -> None:
    other = checkpoint.Checkpoint("other.example", 5, bytes(32))
    with pytest.raises(AssertionError):
        checkpoint.sign_checkpoint(other, LOG)
    with pytest.raises(Refusal, match="bad-checkpoint"):
        checkpoint.open_checkpoint(note.sign_note(other.text(), [LOG]), LOG.verifier)


def test_a_signature_line_repeated_counts_once() -> None:
    signed = checkpoint.sign_checkpoint(HEAD, LOG)
    line = signed.rpartition("\n\n")[2]
    _, opened = checkpoint.open_checkpoint(signed + line, LOG.verifier)
    assert len(opened.verified) == 1


def test_sixteen_unknown_signatures_are_no_obstacle() -> None:
    signed = checkpoint.sign_checkpoint(HEAD, LOG)
    strangers = [proofs.cosign(HEAD.text(), f"w{n}.example", common.seed(f"w{n}"), n) for n in range(16)]
    _, opened = checkpoint.open_checkpoint(signed + "".join(strangers), LOG.verifier)
    assert len(opened.unknown) == 16


def test_a_large_signature_of_an_unknown_type_is_ignored() -> None:
    post_quantum = note.NoteSignature(WITNESS, b"\1\2\3\4", bytes(2_428)).line
    signed = checkpoint.sign_checkpoint(HEAD, LOG) + post_quantum
    _, opened = checkpoint.open_checkpoint(signed, LOG.verifier, [witness()])
    assert [signature.name for signature in opened.unknown] == [WITNESS]


def test_a_note_without_an_ending_newline_is_a_broken_invariant() -> None:
    with pytest.raises(AssertionError):
        note.sign_note("text", [LOG])


def test_a_note_beyond_the_limit_is_refused() -> None:
    with pytest.raises(Refusal, match="bad-note"):
        note.split_note("a" * (note.NOTE_LIMIT + 1))
