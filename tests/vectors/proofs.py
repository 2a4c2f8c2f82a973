"""Vectors of the tree, notes, checkpoints, policies, proofs and trust files."""

import json
from dataclasses import replace
from typing import Any

from ledger.core import checkpoint, citation, keys, merkle, note, policy, receipt, tiles
from tests.vectors.common import ORIGIN, accepted, b64, refused, seed
from tests.vectors.signed import NEUTRAL

# --- the tree ---------------------------------------------------------------------------

PUBLISHED_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
SIZES = (1, 2, 3, 5, 7, 8)


def reader(leaves: list[bytes]) -> merkle.HashReader:
    def read(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return merkle.node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return read


def merkle_vectors() -> dict[str, Any]:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    read = reader(leaves)
    inclusion, consistency = [], []
    for size in SIZES:
        for index in range(size):
            path = merkle.inclusion_proof(index, size, read)
            inclusion.append({"index": index, "size": size, "proof": [node.hex() for node in path]})
        for first in range(1, size):
            path = merkle.consistency_proof(first, size, read)
            consistency.append({"first": first, "second": size, "proof": [node.hex() for node in path]})
    return {
        "about": "RFC 6962 trees over the leaves of Certificate Transparency's own test data.",
        "leaves": list(PUBLISHED_LEAVES),
        "leafHashes": [leaf.hex() for leaf in leaves],
        "roots": [merkle.root_at(size, read).hex() for size in range(len(leaves) + 1)],
        "frontiers": [merkle.frontier_at(size, read).to_bytes().hex() for size in range(len(leaves) + 1)],
        "inclusion": inclusion,
        "consistency": consistency,
    }


# --- tiles ------------------------------------------------------------------------------

TREE_SIZES = (0, 1, 255, 256, 257, 512, 65_535, 65_536, 70_000)
TILE_PATHS = {
    "the first tile": (0, 0, 256),
    "the first hash": (0, 0, 1),
    "a wide partial tile": (1, 7, 255),
    "an index of seven digits": (0, 1_234_067, 256),
    "a partial tile far right": (2, 1_234_067, 17),
    "the highest level": (63, 0, 1),
    "a thousand": (3, 1000, 256),
    "the first bundle": (tiles.ENTRIES, 0, 256),
    "a partial bundle": (tiles.ENTRIES, 999_999, 42),
}
BAD_TILE_PATHS = {
    "a level with a leading zero": "tile/00/000",
    "a level beyond 63": "tile/64/000",
    "a level that is no number": "tile/x/000",
    "an index of two digits": "tile/0/00",
    "an index with a group of zeros before it": "tile/0/x000/001",
    "an index whose groups are not marked": "tile/0/001/234",
    "an index whose last group is marked": "tile/0/x001",
    "a partial tile of width 0": "tile/0/000.p/0",
    "a partial tile of width 256": "tile/0/000.p/256",
    "a width with a leading zero": "tile/0/000.p/07",
    "digits that are not ASCII": "tile/0/００１",
    "the height that other logs name": "tile/8/0/000.p/7/",
    "a leading slash": "/tile/0/000",
    "a newline at the end": "tile/0/000\n",
    "dots": "tile/0/../0/000",
    "the checkpoint": "checkpoint",
}
ENTRY_BUNDLES = {
    "one entry": [b"entry"],
    "three entries": [b"a", b"", b"\x00\xff" * 300],
    "a full bundle": [str(n).encode() for n in range(256)],
}
BAD_ENTRY_BUNDLES = {
    "an empty bundle": b"",
    "a length cut off": b"\x00",
    "an entry cut off": b"\x00\x02a",
    "an entry cut off after a whole one": b"\x00\x01a\x00\x01",
    "a byte too many": b"\x00\x01ab",
    "257 entries": b"\x00\x01a" * 257,
}


def tile_vectors() -> dict[str, Any]:
    return {
        "about": "Paths of c2sp.org/tlog-tiles with level (-1: entry bundles), index and width; entry "
        "bundles; and for some tree sizes how many files there are, with the partial ones.",
        "accepted": [
            accepted(name, path=tiles.Tile(*tile).path, level=tile[0], index=tile[1], width=tile[2])
            for name, tile in TILE_PATHS.items()
        ],
        "refused": [
            refused(name, lambda path=path: tiles.parse_path(path), path=path)
            for name, path in BAD_TILE_PATHS.items()
        ],
        "bundles": [
            accepted(
                name, dataBase64=b64(tiles.format_entry_bundle(entries)), entriesBase64=[*map(b64, entries)]
            )
            for name, entries in ENTRY_BUNDLES.items()
        ],
        "refusedBundles": [
            refused(name, lambda data=data: tiles.parse_entry_bundle(data), dataBase64=b64(data))
            for name, data in BAD_ENTRY_BUNDLES.items()
        ],
        "trees": [_tree_files(size) for size in TREE_SIZES],
    }


def _tree_files(size: int) -> dict[str, Any]:
    found = list(tiles.tiles_for(size))
    partial = [tile.path for tile in found if tile.width < merkle.TILE_WIDTH]
    return {"size": size, "files": len(found), "partial": partial}


# --- notes, checkpoints, policies, proofs, trust ----------------------------------------


def log_signer() -> note.Signer:
    return note.Signer(ORIGIN, seed("log"))


def cosign(text: str, name: str, secret: bytes, seconds: int) -> str:
    witness = note.Verifier(name, note.COSIGNATURE, keys.public_key(secret))
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    body = seconds.to_bytes(8, "big") + keys.sign(secret, message)
    return note.NoteSignature(name, witness.key_hash, body).line


def witness_vkey(name: str, secret: bytes) -> str:
    return note.Verifier(name, note.COSIGNATURE, keys.public_key(secret)).vkey


def tampered(signed: str) -> str:
    """The same note with one bit of its last signature flipped."""
    text, signatures = note.split_note(signed)
    last = signatures[-1]
    bad = note.NoteSignature(last.name, last.key_hash, last.signature[:-1] + bytes([last.signature[-1] ^ 1]))
    return text + "\n" + "".join(s.line for s in [*signatures[:-1], bad])


def note_vectors() -> dict[str, Any]:
    signer, stranger = log_signer(), note.Signer("stranger.example", seed("stranger"))
    text = "first line\n\nafter an empty line: 佛山\n"
    good = note.sign_note(text, [signer])
    both = note.sign_note(text, [stranger, signer])
    vkey = signer.verifier.vkey
    same_name = note.Signer(ORIGIN, seed("stranger"))
    bad = {
        "text changed": good.replace("first", "First"),
        "bad signature of the known key": tampered(good),
        "bad signature of the known key beside a stranger's": tampered(both),
        "a stranger's signature only": note.sign_note(text, [stranger]),
        "the same name, another key": note.sign_note(text, [same_name]),
        "no signatures": text + "\n",
        "no empty line": "text\n" + good.rpartition("\n\n")[2],
        "no newline at the end": good[:-1],
        "control character": note_with(good, "first\tline"),
        "carriage return": note_with(good, "first line\r"),
        "hyphen instead of a dash": good.replace("— ", "- "),
        "signature that is not base64": good.rpartition(" ")[0] + " !!!!\n",
        "signature without a key hash": good.rpartition(" ")[0] + " AAAA\n",
        "101 signatures": text + "\n" + good.rpartition("\n\n")[2] * 101,
    }
    return {
        "about": "Signed notes. `vkeys` are the known keys; `names` those whose signature verified.",
        "seedBase64": b64(seed("log")),
        "vkeys": [vkey],
        "accepted": [
            accepted(name, note=signed, text=text, names=[ORIGIN])
            for name, signed in (("one signature", good), ("an unknown signature is ignored", both))
        ],
        "refused": [
            refused(name, lambda n=signed: note.open_note(n, [signer.verifier]), note=signed)
            for name, signed in bad.items()
        ],
    }


def note_with(signed: str, first_line: str) -> str:
    return signed.replace("first line", first_line)


def vkey_vectors() -> dict[str, Any]:
    vkey = log_signer().verifier.vkey
    name, key_hash, material = vkey.split("+", 2)
    weak = note.Verifier(name, note.ED25519, NEUTRAL).vkey
    bad = {
        "empty": "",
        "two parts": f"{name}+{key_hash}",
        "empty name": f"+{key_hash}+{material}",
        "space in the name": f"a b+{key_hash}+{material}",
        "another hash": f"{name}+00000000+{material}",
        "hash in upper case": f"{name}+{key_hash.upper()}+{material}",
        "another name": f"x{name}+{key_hash}+{material}",
        "unknown signature type": f"{name}+{key_hash}+{b64(bytes([2]) + keys.public_key(seed('log')))}",
        "key of 31 bytes": f"{name}+{key_hash}+{b64(bytes([1]) + bytes(31))}",
        "weak key": weak,
        "not base64": f"{name}+{key_hash}+!",
    }
    witness = witness_vkey("witness.example", seed("witness"))
    return {
        "about": "Verifier keys.",
        "accepted": [
            accepted(label, vkey=text, keyName=v.name, type=v.algorithm, publicKey=b64(v.public))
            for label, text in (("log", vkey), ("witness", witness))
            for v in [note.Verifier.from_vkey(text)]
        ],
        "refused": [
            refused(label, lambda text=text: note.Verifier.from_vkey(text), vkey=text)
            for label, text in bad.items()
        ],
    }


def checkpoint_vectors() -> dict[str, Any]:
    root = seed("root")
    heads = [
        checkpoint.Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT),
        checkpoint.Checkpoint(ORIGIN, 20852163, root),
    ]
    good = heads[1].text()
    bad = {
        "empty": "",
        "two lines": "\n".join(good.split("\n")[:2]) + "\n",
        "extension line": good + "extension\n",
        "no newline at the end": good[:-1],
        "empty origin": good.removeprefix(ORIGIN),
        "leading zero": good.replace("20852163", "020852163"),
        "negative size": good.replace("20852163", "-1"),
        "size of 2^63": good.replace("20852163", str(2**63)),
        "size with a space": good.replace("20852163", "20852163 "),
        "root of 31 bytes": checkpoint.Checkpoint(ORIGIN, 1, root[:31]).text(),
        "root in hexadecimal": f"{ORIGIN}\n1\n{root.hex()}\n",
        "root not padded": good.replace("=", ""),
        "empty tree with another root": checkpoint.Checkpoint(ORIGIN, 0, root).text(),
    }
    signed = checkpoint.sign_checkpoint(heads[1], log_signer())
    return {
        "about": "Checkpoints: the text, and one signed by the log.",
        "signed": {"vkey": log_signer().verifier.vkey, "note": signed},
        "accepted": [accepted(f"size {h.size}", text=h.text(), size=h.size, root=b64(h.root)) for h in heads],
        "refused": [
            refused(label, lambda text=text: checkpoint.parse(text), text=text) for label, text in bad.items()
        ],
    }


def policy_vectors() -> dict[str, Any]:
    log = log_signer().verifier.vkey
    one, two, three = (witness_vkey(f"w{n}.example", seed(f"witness {n}")) for n in (1, 2, 3))
    listed = f"witness A {one}\nwitness B {two}\nwitness C {three}\n"
    two_of_three = f"# two of three\nlog {log}\n\n{listed}group ABC 2 A B C\nquorum ABC\n"
    nested = f"log {log} https://a.example/\n{listed}group AB any A B\ngroup both all AB C\nquorum both\n"
    good: dict[str, tuple[str, list[list[str]], list[list[str]]]] = {
        "no witnesses": (f"log {log}\nquorum none\n", [[], ["A"]], []),
        "one witness": (
            f"log\t{log}\n  witness A {one} https://w1.example/ \nquorum A\n",
            [["A"]],
            [[], ["B"]],
        ),
        "two of three": (two_of_three, [["A", "B"], ["A", "B", "C"]], [["A"], []]),
        "groups of groups": (nested, [["A", "C"], ["B", "C"]], [["A", "B"], ["C"]]),
        "without a final newline": (f"log {log}\nquorum none", [[]], []),
    }
    bad = {
        "empty": "",
        "no quorum": f"log {log}\n",
        "two quorums": "quorum none\nquorum none\n",
        "unknown line": "logs x\nquorum none\n",
        "quorum of an unknown name": "quorum A\n",
        "quorum before its witness": f"quorum A\nwitness A {one}\n",
        "malformed verifier key": "log ledger.example.org/2026+0+x\nquorum none\n",
        "witness key for a log": f"log {one}\nquorum none\n",
        "log key for a witness": f"witness A {log}\nquorum A\n",
        "a log twice": f"log {log}\nlog {log}\nquorum none\n",
        "a witness's key twice": f"witness A {one}\nwitness B {one}\nquorum none\n",
        "a name twice": f"witness A {one}\nwitness A {two}\nquorum none\n",
        "the name none": f"witness none {one}\nquorum none\n",
        "threshold zero": f"{listed}group G 0 A B\nquorum G\n",
        "threshold above the members": f"{listed}group G 3 A B\nquorum G\n",
        "threshold with a leading zero": f"{listed}group G 02 A B\nquorum G\n",
        "a member twice": f"{listed}group G 1 A A\nquorum G\n",
        "a member of two groups": f"{listed}group G any A B\ngroup H any A C\nquorum H\n",
        "member none": f"{listed}group G any none\nquorum G\n",
        "group without members": f"{listed}group G any\nquorum none\n",
        "carriage return": f"log {log}\r\nquorum none\r\n",
    }
    for label, (text, enough, too_few) in good.items():
        parsed = policy.parse_policy(text)
        assert all(parsed.is_satisfied_by(set(names)) for names in enough), label
        assert not any(parsed.is_satisfied_by(set(names)) for names in too_few), label
    return {
        "about": "Trust policies. `enough` and `tooFew` list sets of witnesses that have cosigned.",
        "accepted": [
            accepted(label, policy=text, enough=enough, tooFew=too_few)
            for label, (text, enough, too_few) in good.items()
        ],
        "refused": [
            refused(label, lambda text=text: policy.parse_policy(text), policy=text)
            for label, text in bad.items()
        ],
    }


def proof_vectors() -> dict[str, Any]:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    read = reader(leaves)
    head = checkpoint.Checkpoint(ORIGIN, 7, merkle.root_at(7, read))
    signed = checkpoint.sign_checkpoint(head, log_signer())
    good = receipt.format_proof(6, merkle.inclusion_proof(6, 7, read), signed)
    one = checkpoint.sign_checkpoint(checkpoint.Checkpoint(ORIGIN, 1, leaves[0]), log_signer())
    lines = good.split("\n")
    bad = {
        "empty": "",
        "another version": good.replace("@v1", "@v2"),
        "no index": "\n".join([lines[0], *lines[2:]]),
        "index with a leading zero": good.replace("index 6", "index 06"),
        "negative index": good.replace("index 6", "index -6"),
        "index before extra": good.replace("index 6", "index 6\nextra AAAA"),
        "hash of 31 bytes": good.replace(lines[2], b64(bytes(31))),
        "hash that is not base64": good.replace(lines[2], "?" + lines[2][1:]),
        "hash not padded": good.replace(lines[2], lines[2].rstrip("=")),
        "64 hashes": good.replace(lines[2], "\n".join([lines[2]] * 63)),
        "no checkpoint": good.partition("\n\n")[0] + "\n",
        "carriage returns": good.replace("\n", "\r\n"),
    }
    return {
        "about": "Proofs (c2sp.org/tlog-proof@v1); `entryHex` is the logged entry.",
        "vkey": log_signer().verifier.vkey,
        "accepted": [
            accepted(label, proof=text, index=index, hashes=count, entryHex=PUBLISHED_LEAVES[index])
            for label, text, index, count in (
                ("leaf 6 of 7", good, 6, 2),
                ("leaf 0 of 1", receipt.format_proof(0, [], one), 0, 0),
                ("with extra data", good.replace("index 6", "extra AAAA\nindex 6"), 6, 2),
            )
        ],
        "refused": [
            refused(label, lambda text=text: receipt.parse_proof(text), proof=text)
            for label, text in bad.items()
        ],
    }


def trust_vectors() -> dict[str, Any]:
    vkey = log_signer().verifier.vkey
    trust = receipt.Trust(ORIGIN, seed("genesis").hex(), vkey, receipt.unwitnessed_policy(vkey))
    good = receipt.format_trust(trust)
    value = json.loads(good)

    def written(**members: Any) -> str:
        return json.dumps({**value, **members}, indent=2) + "\n"

    bad = {
        "not JSON": "trust",
        "an array": "[]",
        "no policy": json.dumps({k: v for k, v in value.items() if k != "policy"}),
        "unknown member": written(witness="x"),
        "genesis of zeros": written(genesis="0" * 64),
        "genesis in upper case": written(genesis=value["genesis"].upper()),
        "origin that is not the key's name": written(origin="other.example"),
        "malformed origin": written(origin="https://ledger.example.org"),
        "vkey with a typing error": written(vkey=vkey.replace("+", "+0", 1)),
        "a witness's key as the log's": written(vkey=witness_vkey(ORIGIN, seed("log"))),
        "policy that does not list the log": written(policy="quorum none\n"),
        "policy that is no policy": written(policy="trust everyone\n"),
        "policy that is no string": written(policy=[]),
    }
    return {
        "about": "Trust files: JSON, any white space, exactly these four members.",
        "accepted": [accepted("as printed", file=good), accepted("compact", file=json.dumps(value))],
        "refused": [
            refused(label, lambda text=text: receipt.parse_trust(text), file=text)
            for label, text in bad.items()
        ],
    }


def citation_vectors() -> dict[str, Any]:
    head = checkpoint.Checkpoint(ORIGIN, 20852163, seed("root"))
    cited = citation.Citation(seed("statement").hex(), 17, head)
    good = citation.format_citation(cited)
    last = citation.format_citation(replace(cited, index=head.size - 1))
    bad = {
        "empty": "",
        "another format": good.replace(":v1:", ":v2:"),
        "no statement": good.replace(f"statement {cited.statement}\n", ""),
        "statement in capitals": good.replace(cited.statement, cited.statement.upper()),
        "statement of 31 bytes": good.replace(cited.statement, cited.statement[:62]),
        "index before statement": good.replace("statement", "x")
        .replace("index", "statement")
        .replace("x ", "index ", 1),
        "index with a leading zero": good.replace("index 17", "index 017"),
        "negative index": good.replace("index 17", "index -17"),
        "index beyond the log": good.replace("index 17", f"index {head.size}"),
        "empty log": good.replace("index 17", "index 0").replace(
            head.text(), f"{ORIGIN}\n0\n{b64(merkle.EMPTY_ROOT)}\n"
        ),
        "origin in capitals": good.replace(ORIGIN, ORIGIN.upper()),
        "root of 31 bytes": good.replace(b64(head.root), b64(head.root[:31])),
        "root in the URL alphabet": good.replace("+", "-").replace("/", "_").replace("_2026", "/2026"),
        "a word too many": good + "more\n",
        "longer than the limit": good + " " * citation.LENGTH_LIMIT,
        "separated by a no-break space": good.replace("index ", "index\u00a0"),
    }
    return {
        "about": "Citations, as codes beside printed statements hold them, and as they are `written`.",
        "accepted": [
            accepted("as it is written", text=good, written=good, **_cited(cited)),
            accepted(
                "the last entry", text=last, written=last, **_cited(replace(cited, index=head.size - 1))
            ),
            accepted("in one line", text=" ".join(good.split()), written=good, **_cited(cited)),
            accepted(
                "with the line breaks of Windows",
                text=good.replace("\n", "\r\n"),
                written=good,
                **_cited(cited),
            ),
            accepted("with tabs around it", text=f"\t{good}\t\n", written=good, **_cited(cited)),
        ],
        "refused": [
            refused(label, lambda text=text: citation.parse_citation(text), text=text)
            for label, text in bad.items()
        ],
    }


def _cited(cited: citation.Citation) -> dict[str, Any]:
    head = cited.checkpoint
    return {
        "statement": cited.statement,
        "index": cited.index,
        "origin": head.origin,
        "size": head.size,
        "root": b64(head.root),
    }
