"""Which files small changes without a ticket touched, as hashes in memory: asked only where two may belong together."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from bot.connectors.finished import ReportedItem
from bot.connectors.github_changes import Change
from bot.connectors.github_graphql import GitHubGraphQl
from bot.domain.outcomes.same_work import TOGETHER

SMALL_FILES: Final = 100  # a change of more files is not compared with others
_AT_ONCE: Final = 50
_FILES_QUERY: Final = """
query($ids: [ID!]!) {
  nodes(ids: $ids) { ... on PullRequest { id files(first: 100) { nodes { path } } } }
}
"""


class _File(Struct, frozen=True, gc=False):
    path: str


class _Files(Struct, frozen=True):
    nodes: list[_File | None] | None = None


class _Touched(Struct, frozen=True):
    id: str
    files: _Files | None = None


_TOUCHED: Final = Decoder(_Touched)


def with_files(graphql: GitHubGraphQl, changes: Iterable[Change]) -> list[ReportedItem]:
    """Return what is reported of *changes*, with hashes of their files where these may tell; raises ConnectorError."""
    changes = list(changes)
    asked = sorted(change.node_id for change in _with_company(changes))
    touched: dict[str, frozenset[int]] = {}
    for start in range(0, len(asked), _AT_ONCE):
        touched |= _files(graphql, asked[start : start + _AT_ONCE])
    return [
        change.reported._replace(files=touched[change.node_id]) if change.node_id in touched else change.reported
        for change in changes
    ]


def _with_company(changes: Iterable[Change]) -> list[Change]:
    """Return the small changes without a ticket that have another by the same author near them in one repository."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        item, author = change.reported.item, change.reported.author
        small = change.changed_files is not None and 0 < change.changed_files <= SMALL_FILES
        if author and small and not item.ticket and change.node_id:
            groups.setdefault((item.place, author), []).append(change)
    return [change for group in groups.values() for change in _near(group)]


def _near(group: Sequence[Change]) -> list[Change]:
    ordered = sorted((change for change in group if change.reported.merged_at), key=_merged_at)
    near: dict[str, Change] = {}
    for earlier, later in pairwise(ordered):
        if _merged_at(later) - _merged_at(earlier) <= TOGETHER.total_seconds():
            near |= {earlier.node_id: earlier, later.node_id: later}
    return list(near.values())


def _merged_at(change: Change) -> float:
    merged_at = change.reported.merged_at
    return merged_at.timestamp() if merged_at else 0.0


def _files(graphql: GitHubGraphQl, ids: Sequence[str]) -> Mapping[str, frozenset[int]]:
    answer = graphql.ask(_FILES_QUERY, {"ids": list(ids)})
    touched: dict[str, frozenset[int]] = {}
    for node in (answer.data and answer.data.nodes) or ():
        try:
            change = _TOUCHED.decode(node)
        except (DecodeError, UnicodeDecodeError):
            continue  # without its files a change stands for itself
        paths = (change.files and change.files.nodes) or ()
        touched[change.id] = frozenset(hash(file.path) for file in paths if file)
    return touched
