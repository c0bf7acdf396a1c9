"""The lock file goes to text and back without loss, and nothing strange is read as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.app.lock_text import read_lock, write_lock
from headway.domain.errors import UsageError
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import CommitId, Digest, PromotionId

LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
HEX40 = st.text("0123456789abcdef", min_size=40, max_size=40)
HEX64 = st.text("0123456789abcdef", min_size=64, max_size=64)


def entry(commit: str, image: str | None) -> LockEntry:
    digest = Digest(f"sha256:{image}") if image else None
    reference = f"127.0.0.1:5000/shop/app@{digest}" if digest else None
    return LockEntry(digest=digest, commit=CommitId(commit), reference=reference)


LOCKS = st.builds(
    lambda promotion, namespace, entries: LockFile(
        promotion=PromotionId(promotion), namespace=namespace, entries=entries
    ),
    st.text("0123456789abcdef", min_size=16, max_size=16),
    LABEL,
    st.dictionaries(LABEL, st.builds(entry, HEX40, st.none() | HEX64), max_size=4),
)
GOOD = write_lock(
    LockFile(
        promotion=PromotionId("3f6c" * 4),
        namespace="shop-staging",
        entries={"app1": entry("a" * 40, "b" * 64), "entrance": entry("c" * 40, None)},
    )
).decode()


@given(LOCKS)
def test_what_is_written_is_read_again_whatever_its_names_look_like(lock: LockFile) -> None:
    assert read_lock(write_lock(lock), "lock.yaml") == lock
    assert write_lock(read_lock(write_lock(lock), "lock.yaml")) == write_lock(lock)


@given(LOCKS)
def test_the_text_does_not_depend_on_the_order_of_entries(lock: LockFile) -> None:
    turned = LockFile(
        promotion=lock.promotion,
        namespace=lock.namespace,
        entries=dict(reversed(list(lock.entries.items()))),
    )
    assert write_lock(turned) == write_lock(lock)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "extra: 1\n", r"s/lock.yaml:12.*'extra' is no field"),
        (GOOD.replace("    commit", "    owner: x\n    commit", 1), r"lock.yaml:8.*'owner'"),
        (GOOD + "promotion: 1\n", "twice"),
        (GOOD.replace("kind: Lock", "kind: Estate"), "lock.yaml:2"),
        (GOOD.replace("3f6c", "xyzw", 1), "lock.yaml:3.*16 hexadecimal"),
        (GOOD.replace("shop-staging", "Shop"), "lock.yaml:4"),
        (GOOD.replace("sha256:b", "sha256:x", 1), "lock.yaml:7.*digest"),
        (GOOD.replace("@sha256:b", "@sha256:c"), "lock.yaml:9.*reference"),
        (GOOD.replace("    reference", "    # reference"), "together"),
        (GOOD.replace("app1:", "../app1:"), "artifact"),
        (GOOD + "---\na: 1\n", "2 documents"),
        ("", "0 documents"),
        ("[]", "fields"),
        (GOOD.replace('"' + "a" * 40 + '"', "12"), "lock.yaml:8.*commit"),
    ],
)
def test_a_strange_lock_file_is_refused_by_file_and_line(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_lock(text.encode(), "s/lock.yaml")
