"""Small vectorised tools of the simulation: random streams, noise by key, ranks within groups.

Belongs here: arithmetic on whole arrays that knows nothing of education. Does not belong here: any rate or rule.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
AnyArray = NDArray[Any]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A random stream of its own for each purpose, so that a change in one part leaves the others as they were."""
    words = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def noise(keys: AnyArray, salt: str, seed: int) -> Floats:
    """A uniform number in [0, 1) for each key: the same key, salt and seed always give the same number."""
    return (hashed(keys, salt, seed) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def hashed(keys: AnyArray, salt: str, seed: int) -> NDArray[np.uint64]:
    """A 64-bit hash of each key (the splitmix64 finaliser)."""
    offset = (zlib.crc32(salt.encode()) << 32) ^ (seed & 0xFFFFFFFF)
    with np.errstate(over="ignore"):
        value = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(offset)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        result: NDArray[np.uint64] = value ^ (value >> np.uint64(31))
    return result


def normal_noise(keys: AnyArray, salt: str, seed: int) -> Floats:
    """A roughly normal number for each key: the scaled sum of four uniform ones."""
    total = np.sum([noise(keys, f"{salt}{part}", seed) for part in range(4)], axis=0)
    return np.asarray((total - 2.0) * np.sqrt(3.0))


def rank_in_group(groups: AnyArray) -> Ints:
    """The position of each element among those of its group, in order of appearance, from 0."""
    order = np.argsort(groups, kind="stable")
    in_order = groups[order]
    is_first = np.ones(len(groups), dtype=bool)
    is_first[1:] = in_order[1:] != in_order[:-1]
    starts = np.flatnonzero(is_first)
    lengths = np.diff(np.append(starts, len(groups)))
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks


def shares_to_counts(total: int, shares: Floats) -> Ints:
    """Splits a total by shares into whole numbers that add up to it (largest remainder)."""
    if total <= 0 or shares.sum() <= 0:
        return np.zeros(len(shares), dtype=np.int64)
    exact = shares / shares.sum() * total
    counts = np.floor(exact).astype(np.int64)
    missing = total - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:missing]] += 1
    return np.asarray(counts)
