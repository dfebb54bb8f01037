"""Who approved merge requests: one request each, so only as far as that stays cheap."""

from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.gitlab_api import NOT_SEEN, GitLabApi
from bot.connectors.gitlab_changes import MergeRequest
from bot.connectors.gitlab_people import User
from bot.connectors.http import ReplyError

MOST_ASKED: Final = 1000


class _Approval(Struct, frozen=True):
    user: User | None = None


class _Approvals(Struct, frozen=True):
    approved_by: list[_Approval | None] | None = None


_APPROVALS: Final = Decoder(_Approvals)


class Approvals:
    """Asks about merge requests; of *total* that are too many (or not counted), only where acceptance hangs on it."""

    def __init__(self, api: GitLabApi, total: int | None) -> None:
        self._api = api
        self.asks_all = total is not None and total <= MOST_ASKED
        self._hidden: set[int] = set()

    def by_another(self, merge: MergeRequest) -> bool | None:
        """Return whether another person approved *merge*, None where that is not known; raises ConnectorError."""
        if merge.project_id in self._hidden or (merge.merged_by_another and not self.asks_all):
            return None
        path = f"/projects/{merge.project_id}/merge_requests/{merge.iid}/approvals"
        try:
            approvals = self._api.get(path, _APPROVALS).approved_by or ()
        except ReplyError as error:
            if error.status not in NOT_SEEN:
                raise
            self._hidden.add(merge.project_id)  # an older installation, or what the token may not open
            return None
        return any(each is not None and each.user is not None and merge.is_other(each.user) for each in approvals)
