"""The Merkle tree: against the definition in the RFC, its well-known roots, and another's implementation."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, InvalidProof

from pipeline.errors import ProofError
from pipeline.evidence.merkle import (
    EMPTY_ROOT,
    GrowingTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    peak_places,
    root,
    verify_consistency,
    verify_inclusion,
)

# Source: the leaves and roots of Certificate Transparency's reference tests, for RFC 6962 as for RFC 9162.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")] + [
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


class Kept:
    """Every subtree that a tree completed, as a store keeps them."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.tree, self.subtrees = GrowingTree(), dict[tuple[int, int], bytes]()
        for leaf in leaves:
            for level, place, digest in self.tree.append(leaf_hash(leaf)):
                assert (level, place) not in self.subtrees, "what is kept never changes"
                self.subtrees[level, place] = digest

    def __call__(self, level: int, place: int) -> bytes:
        return self.subtrees[level, place]


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = largest_below(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if is_whole else [mth(leaves)]
    k = largest_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], is_whole=is_whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], is_whole=False), mth(leaves[:k])]


def largest_below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def test_the_well_known_roots() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root(0, Kept([])) == GrowingTree().root() == EMPTY_ROOT
    for size, expected in enumerate(ROOTS, start=1):
        assert Kept(LEAVES[:size]).tree.root().hex() == expected
        assert root(size, Kept(LEAVES)).hex() == expected, "a root of the past from what is kept now"


def test_the_example_of_the_rfc() -> None:
    """RFC 6962, 2.1.3: seven leaves, with its names for the nodes."""
    d = [bytes([number]) for number in range(7)]
    a, b, c, e, f, j = (leaf_hash(d[number]) for number in (0, 1, 2, 4, 5, 6))
    last = leaf_hash(d[3])
    g, h, i = node_hash(a, b), node_hash(c, last), node_hash(e, f)
    k, ell = node_hash(g, h), node_hash(i, j)
    kept = Kept(d)
    assert kept.tree.root() == node_hash(k, ell)
    assert inclusion_proof(0, 7, kept) == (b, h, ell)
    assert inclusion_proof(3, 7, kept) == (c, g, ell)
    assert inclusion_proof(4, 7, kept) == (f, j, k)
    assert inclusion_proof(6, 7, kept) == (i, k)
    assert consistency_proof(3, 7, kept) == (c, last, g, ell)
    assert consistency_proof(4, 7, kept) == (ell,)
    assert consistency_proof(6, 7, kept) == (i, j, k)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_roots_and_proofs_are_those_of_the_definition(leaves: list[bytes], data: st.DataObject) -> None:
    kept, size = Kept(leaves), data.draw(st.integers(1, len(leaves)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert root(size, kept) == mth(leaves[:size])
    assert list(inclusion_proof(index, size, kept)) == path(index, leaves[:size])
    assert list(consistency_proof(old, size, kept)) == subproof(old, leaves[:size], is_whole=True)
    assert root(old, kept) == Kept(leaves[:old]).tree.root()


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof_holds_and_for_nothing_else(size: int) -> None:
    leaves = [bytes([number]) for number in range(size)]
    kept, whole = Kept(leaves), mth(leaves)
    for index in range(size):
        leaf, proof = leaf_hash(leaves[index]), inclusion_proof(index, size, kept)
        verify_inclusion(leaf, index, size, proof, whole)
        wrong = [
            (leaf_hash(b"other"), index, size, proof, whole),
            (leaf, index, size, proof, hashlib.sha256(b"other").digest()),
            (leaf, index, size, (*proof, leaf), whole),
            (leaf, index, size, proof[:-1] if proof else (leaf,), whole),
            (leaf, index ^ 1, size, proof, whole),
            (leaf, size, size, proof, whole),
            (leaf, -1, size, proof, whole),
            (leaf[:-1], index, size, proof, whole),
        ]
        for case in wrong:
            with pytest.raises(ProofError):
                verify_inclusion(*case)
        for place in range(len(proof)):
            bent = (*proof[:place], bytes(32), *proof[place + 1 :])
            with pytest.raises(ProofError):
                verify_inclusion(leaf, index, size, bent, whole)
    for old in range(size + 1):
        proof, old_root = consistency_proof(old, size, kept), root(old, kept)
        verify_consistency(old, old_root, size, whole, proof)
        for other in (
            (old, bytes(32), size, whole, proof),
            (old, old_root, size, whole, (*proof, bytes(32))),
            (old, old_root, old - 1, whole, proof),
        ):
            with pytest.raises(ProofError):
                verify_consistency(*other)
        if 0 < old < size:
            with pytest.raises(ProofError):
                verify_consistency(old, old_root, size, bytes(32), proof)
            with pytest.raises(ProofError):
                verify_consistency(old, old_root, size, whole, proof[:-1])


@pytest.mark.parametrize("at", range(13))
def test_a_fork_is_consistent_with_no_checkpoint_that_lies_beyond_it(at: int) -> None:
    """Whoever writes the log anew from record ``at`` on may keep only checkpoints of what came before."""
    ours = [bytes([number]) for number in range(13)]
    forged = [*ours[:at], b"forged", *ours[at + 1 :], b"more"]
    kept, theirs = Kept(ours), Kept(forged)
    for old in range(1, 14):
        proof = consistency_proof(old, 14, theirs)
        if old <= at:
            verify_consistency(old, root(old, kept), 14, root(14, theirs), proof)
        else:
            with pytest.raises(ProofError):
                verify_consistency(old, root(old, kept), 14, root(14, theirs), proof)


def test_impossible_questions_are_refused() -> None:
    kept = Kept(LEAVES)
    for ask in (
        lambda: inclusion_proof(8, 8, kept),
        lambda: inclusion_proof(-1, 8, kept),
        lambda: inclusion_proof(0, 0, kept),
        lambda: consistency_proof(8, 7, kept),
        lambda: consistency_proof(-1, 7, kept),
    ):
        with pytest.raises(ProofError):
            ask()  # type: ignore[no-untyped-call]
    with pytest.raises(ValueError, match="3 peaks"):
        GrowingTree(7, [b"", b""])


@given(st.integers(0, 300), st.integers(0, 80))
@settings(max_examples=40)
def test_a_tree_goes_on_from_its_peaks(size: int, more: int) -> None:
    leaves = [number.to_bytes(2, "big") for number in range(size + more)]
    kept = Kept(leaves[:size])
    again = GrowingTree(size, [kept(*place) for place in peak_places(size)])
    assert again.root() == kept.tree.root()
    for leaf in leaves[size:]:
        again.append(leaf_hash(leaf))
    assert (again.size, again.root()) == (size + more, mth(leaves))


def test_a_million_leaves_are_appended_by_their_peaks_alone() -> None:
    """On average one subtree besides the leaf is completed, at most one a level."""
    tree = GrowingTree(1_000_000 - 1, [leaf_hash(b"x")] * (1_000_000 - 1).bit_count())
    completed = [len(tree.append(leaf_hash(b"y"))) for _ in range(4096)]
    assert sum(completed) / 4096 < 2.01
    assert max(completed) <= 21


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 20])
def test_pymerkle_finds_the_same_roots_and_paths(size: int) -> None:
    leaves = [f"record {number}".encode() for number in range(size)]
    other: Any = InmemoryTree(algorithm="sha256")
    kept = Kept(leaves)
    for leaf in leaves:
        other.append_entry(leaf)
    assert other.get_root() == kept.tree.root()
    for index in range(size):
        proof = other.prove_inclusion(index + 1)
        proof.verify(leaf_hash(leaves[index]), kept.tree.root())
        assert sorted(proof.path) == sorted([leaf_hash(leaves[index]), *inclusion_proof(index, size, kept)])
        with pytest.raises(InvalidProof):
            proof.verify(leaf_hash(b"other"), kept.tree.root())
    for old in range(1, size + 1):
        other.prove_consistency(old, size).verify(root(old, kept), kept.tree.root())
