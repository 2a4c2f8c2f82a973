"""Trust policies (c2sp.org/tlog-policy): which logs and witnesses count, and how many witnesses it takes."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from .note import COSIGNATURE, ED25519, Note, Verifier
from .refusal import Refusal

POLICY_LIMIT = 65_536  # characters
AUDITOR = "auditor"
_NONE = "none"


def is_auditor(name: str) -> bool:
    """Whether a witness that a policy lists under `name` replays the log, and so vouches for the index."""
    return name == AUDITOR or name.startswith(AUDITOR + "-")


class Group(NamedTuple):
    """A named set of witnesses and groups, of which `threshold` have to have witnessed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """A parsed policy: verifiers of logs, witnesses by name, groups by name, and the quorum's name.

    `addresses` are the submission prefixes of those witnesses that have one.
    """

    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""
    addresses: dict[str, str] = field(default_factory=dict)

    def demands_witnesses(self) -> bool:
        """Whether a checkpoint needs any cosignature."""
        return self.quorum != _NONE

    def is_satisfied_by(self, witnesses: Set[str]) -> bool:
        """Whether cosignatures of the named witnesses make the quorum."""
        return not self.demands_witnesses() or self._witnessed(self.quorum, witnesses)

    def cosigners(self, note: Note) -> frozenset[str]:
        """The names of the witnesses whose cosignatures of an opened note verified."""
        signed = {(signature.name, signature.key_hash) for signature in note.verified}
        return frozenset(n for n, v in self.witnesses.items() if (v.name, v.key_hash) in signed)

    def _witnessed(self, name: str, witnesses: Set[str]) -> bool:
        if name in self.witnesses:
            return name in witnesses
        group = self.groups[name]
        return sum(self._witnessed(member, witnesses) for member in group.members) >= group.threshold


def parse_policy(text: str) -> Policy:
    """The policy in `text`; raises `Refusal` with code `bad-policy` and the line's number."""
    if len(text) > POLICY_LIMIT or any((c < " " and c not in "\t\n") or c == "\x7f" for c in text):
        raise Refusal("bad-policy", "it is too long or holds control characters")
    policy = Policy()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            _define(policy, words, f"line {number}")
    if not policy.quorum:
        raise Refusal("bad-policy", "it has no line `quorum`")
    return policy


def published_policy(text: str) -> Policy:
    """The policy that a ledger publishes in entry 0 or an amendment; raises `Refusal` with `bad-policy`.

    That text may be prose instead: without a line that begins with the word `quorum` no witness counts.
    """
    return Policy(quorum=_NONE) if is_prose(text) else parse_policy(text)


def is_prose(text: str) -> bool:
    """Whether a published policy is no tlog-policy at all: no line begins with the word `quorum`."""
    return not any(line.split()[:1] == ["quorum"] for line in text.split("\n"))


def _define(policy: Policy, words: list[str], place: str) -> None:
    definition = _LINES.get(words[0])
    if definition is None:
        raise Refusal("bad-policy", f"{place}: {words[0]!r:.60} is not log, witness, group or quorum")
    definition(policy, words[1:], place)


def _log(policy: Policy, words: list[str], place: str) -> None:
    _require(len(words) in (1, 2), place, "log takes a verifier key and perhaps an address")
    verifier = _verifier(words[0], ED25519, place)
    _require(verifier.public not in [log.public for log in policy.logs], place, "the log's key occurs twice")
    policy.logs.append(verifier)


def _witness(policy: Policy, words: list[str], place: str) -> None:
    _require(len(words) in (2, 3), place, "witness takes a name, a verifier key and perhaps an address")
    verifier = _verifier(words[1], COSIGNATURE, place)
    known = [witness.public for witness in policy.witnesses.values()]
    _require(verifier.public not in known, place, "the witness's key occurs twice")
    policy.witnesses[_new_name(policy, words[0], place)] = verifier
    if len(words) == 3:
        policy.addresses[words[0]] = words[2]


def _group(policy: Policy, words: list[str], place: str) -> None:
    _require(len(words) >= 3, place, "group takes a name, all, any or a number, and members")
    name, rule, members = words[0], words[1], tuple(words[2:])
    listed = [member for group in policy.groups.values() for member in group.members]
    for member in members:
        _require(_is_defined(policy, member), place, f"{member!r:.60} is not defined above")
        _require(member not in listed, place, f"{member!r:.60} is a member already")
        listed.append(member)
    thresholds = {"all": len(members), "any": 1} | {str(n): n for n in range(1, len(members) + 1)}
    _require(rule in thresholds, place, f"{rule!r:.60} is not all, any or a number of members")
    policy.groups[_new_name(policy, name, place)] = Group(thresholds[rule], members)


def _quorum(policy: Policy, words: list[str], place: str) -> None:
    _require(len(words) == 1 and not policy.quorum, place, "there is one line `quorum`, with one name")
    _require(
        words[0] == _NONE or _is_defined(policy, words[0]), place, f"{words[0]!r:.60} is not defined above"
    )
    policy.quorum = words[0]


_LINES: dict[str, Callable[[Policy, list[str], str], None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}


def _is_defined(policy: Policy, name: str) -> bool:
    return name in policy.witnesses or name in policy.groups


def _new_name(policy: Policy, name: str, place: str) -> str:
    _require(name != _NONE and not _is_defined(policy, name), place, f"the name {name!r:.60} is taken")
    return name


def _verifier(vkey: str, algorithm: int, place: str) -> Verifier:
    try:
        verifier = Verifier.from_vkey(vkey)
    except Refusal as refusal:
        raise Refusal("bad-policy", f"{place}: {refusal.what}") from refusal
    _require(verifier.algorithm == algorithm, place, f"its key is of type {verifier.algorithm:02x}")
    return verifier


def _require(condition: bool, place: str, what: str) -> None:
    if not condition:
        raise Refusal("bad-policy", f"{place}: {what}")
