"""An immutable mapping that grows cheaply: its versions share one dictionary that is only ever added to."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Generic, TypeVar

V = TypeVar("V")


class RecordMap(Mapping[str, V], Generic[V]):
    """Each version sees the first `len` entries of the shared dictionary.

    Adding to the newest version costs O(1). Adding to an older one, as after an append that was rolled
    back, copies: the newer versions stay what they were.
    """

    __slots__ = ("_length", "_shared")

    def __init__(self, shared: dict[str, tuple[int, V]] | None = None, length: int = 0) -> None:
        self._shared: dict[str, tuple[int, V]] = {} if shared is None else shared
        self._length = length

    @classmethod
    def of(cls, key: str, value: V) -> "RecordMap[V]":
        """The first version that holds anything."""
        return cls({key: (0, value)}, 1)

    def adding(self, key: str, value: V) -> "RecordMap[V]":
        """The next version; keys are given once."""
        assert key not in self, f"{key} is in the map already"
        shared = self._shared
        if len(shared) != self._length:
            shared = dict(islice(shared.items(), self._length))
        shared[key] = (self._length, value)
        return RecordMap(shared, self._length + 1)

    def get(self, key: str, default: V | None = None) -> V | None:  # type: ignore[override]
        found = self._shared.get(key)
        return default if found is None or found[0] >= self._length else found[1]

    def __getitem__(self, key: str) -> V:
        ordinal, value = self._shared[key]
        if ordinal >= self._length:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        found = self._shared.get(key)  # type: ignore[call-overload]
        return found is not None and found[0] < self._length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[str]:
        return islice(iter(self._shared), self._length)
