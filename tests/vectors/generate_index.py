"""Write the golden vectors of the index: `python -m tests.vectors.generate_index`.

`keys.json` says which index keys statements have, `trie.json` what a trie's root is after each entry, and
what proves presence, absence and completeness in it. Everything follows from fixed seeds.
"""

import json
from pathlib import Path
from typing import Any

from ledger.core import index
from tests.support.builder import Log
from tests.vectors.common import accepted, b64, refused, seed

FOLDER = Path(__file__).parent / "index"
# The hashes of the first two begin with the same 24 bits, that of the third with 12 of them.
NEIGHBOURS = ("factory:n335", "factory:n51528", "factory:n8064")
ISSUE = {"issue": "osh/ppe"}


# --- which keys an entry has ------------------------------------------------------------


def key_log() -> Log:
    """Entries with every sort of key."""
    log = Log.opened()
    log.register("clw")
    log.register("mattel", roles=["buyer"])
    log.list_party("ietp", roles=["certifier"])
    log.factory("foshan")
    paper = log.document("clw")
    alleged = log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE)
    told = {"form": "quote", "via": ["mattel", "host:example.org"]}
    log.say(
        "AllegationMade",
        "clw",
        about=["factory:foshan"],
        claim=ISSUE,
        claimants=["ietp"],
        attribution=told,
        refs=[("statedIn", paper)],
    )
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE, claimants=["clw"])
    log.say("ResponseGiven", "mattel", refs=[("disputes", alleged)])
    log.index()
    return log


def key_vectors() -> dict[str, Any]:
    log = key_log()
    return {
        "about": "Index keys of statements: `payload` is the statement, `keys` its keys, sorted.",
        "accepted": [
            accepted(
                f"{one.statement.event} {one.index}",
                payload=one.statement.payload.decode(),
                keys=sorted(index.index_keys(one)),
            )
            for one in log.recorded
        ],
    }


# --- the trie ---------------------------------------------------------------------------


def leaf_hash(position: int) -> bytes:
    return seed(f"leaf {position}")


def keys_of(position: int) -> list[str]:
    """The keys of the entry at `position`: everybody's, one of five, and one of its own."""
    neighbour = position in (0, 2, 4)
    own = NEIGHBOURS[position // 2] if neighbour else f"statement:{position:064x}"
    return sorted({"by:clw", f"factory:f{position % 5}", own})


SIZE = 40


def tree_of(size: int) -> index.IndexTree:
    tree = index.IndexTree()
    for position in range(size):
        for key in keys_of(position):
            tree.add(key, position, leaf_hash(position))
    return tree


def pairs_of(key: str, size: int = SIZE) -> list[tuple[int, bytes]]:
    return [(position, leaf_hash(position)) for position in range(size) if key in keys_of(position)]


PRESENT = ("by:clw", "factory:f0", f"statement:{7:064x}", *NEIGHBOURS)
ABSENT = ("by:nobody", "factory:elsewhere", "factory:f5", "keys:clw", "voice:clw", "ledger:main")


def trie_vectors() -> dict[str, Any]:
    tree = tree_of(SIZE)
    root = tree.root()
    return {
        "about": "Entries in order, each with its leaf hash and index keys; `roots[n]` is the index root "
        "over the first n, `keys[n]` the number of keys. `accepted` proofs and `refused` ones are held "
        "against the root over all; `entries` are the positions that are shown as all of the key's.",
        "entries": [
            {"leafHash": leaf_hash(position).hex(), "keys": keys_of(position)} for position in range(SIZE)
        ],
        "roots": [tree_of(size).root().hex() for size in range(SIZE + 1)],
        "keys": [tree_of(size).keys for size in range(SIZE + 1)],
        "accepted": [proven(tree, key) for key in PRESENT + ABSENT],
        "refused": [defect(name, root, *parts) for name, parts in defects(tree).items()],
    }


def proven(tree: index.IndexTree, key: str) -> dict[str, Any]:
    pairs = pairs_of(key)
    found = {"count": len(pairs), "keyRoot": index.key_tree_root(pairs).hex()} if pairs else {"count": 0}
    positions = [position for position, _ in pairs]
    proof = tree.prove(key)
    return accepted(key, key=key, proof=proof.to_json(), entries=positions, **found)


Parts = tuple[str, Any, list[int]]


def defects(tree: index.IndexTree) -> dict[str, Parts]:
    """Proofs with one defect each: key, proof, positions."""
    first, second, _ = NEIGHBOURS
    whole, absent = tree.prove("by:clw"), tree.prove("by:nobody")
    good = whole.to_json()
    everything = [position for position, _ in pairs_of("by:clw")]
    other = b64(seed("another hash"))
    assert whole.leaf is not None
    return {
        "an entry left out": ("by:clw", good, everything[:-1]),
        "an entry too many": ("factory:f0", tree.prove("factory:f0").to_json(), [0, 1, 5]),
        "another entry in its place": (
            "factory:f0",
            tree.prove("factory:f0").to_json(),
            [1, *range(5, 40, 5)],
        ),
        "fewer entries claimed": ("by:clw", good | {"leaf": good["leaf"] | {"count": 39}}, everything[:-1]),
        "absence claimed of a key that is there": ("by:clw", {"path": good["path"]}, []),
        "absence by a neighbour's leaf": (first, tree.prove(second).to_json(), []),
        "presence by another key's leaf": ("by:nobody", good, everything),
        "a hash changed": ("by:clw", good | {"path": [other, *good["path"][1:]]}, everything),
        "a hash left out": ("by:clw", good | {"path": good["path"][:-1]}, everything),
        "a hash too many": ("by:clw", good | {"path": [*good["path"], other]}, everything),
        "hashes from the top down": ("by:clw", good | {"path": good["path"][::-1]}, everything),
        "an empty place that is not empty": ("by:nobody", {"path": absent.to_json()["path"][:-1]}, []),
        "more hashes than bits": ("by:clw", good | {"path": [other] * 257}, everything),
        "a count of nothing": ("by:clw", good | {"leaf": good["leaf"] | {"count": 0}}, []),
        "a member too many": ("by:clw", good | {"more": 1}, everything),
        "no index key": ("clw", good, everything),
    }


def defect(name: str, root: bytes, key: str, proof: Any, positions: list[int]) -> dict[str, Any]:
    pairs = [(position, leaf_hash(position)) for position in positions]
    return refused(
        name,
        lambda: index.verify_all(root, key, index.parse_key_proof(proof), pairs),
        key=key,
        proof=proof,
        entries=positions,
    )


# --- writing ----------------------------------------------------------------------------

FILES = {"keys.json": key_vectors, "trie.json": trie_vectors}


def text_of(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (FOLDER / name).write_text(text_of(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
