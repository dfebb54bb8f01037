"""A stand-in for GitHub: Copilot's reports behind signed links, seats, a bill by day, and people by GraphQL."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.providers.standin import Asked, Reply, StandIn

TOKEN = "ghp_made-up"
ORG = "acme"
ENTERPRISE = "acme-group"
SIGNATURE = "sig=made-up-signature"

Json = dict[str, Any]


def user_day(day: date, login: str | None, user_id: int | None = None, **more: Any) -> Json:
    """Return one line of a report; *more* replaces fields or adds them."""
    return {
        "day": day.isoformat(),
        "organization_id": "1",
        "enterprise_id": "2",
        "user_id": sum(map(ord, login or "")) if user_id is None else user_id,
        "user_login": login,
        "user_initiated_interaction_count": 24,
        "code_generation_activity_count": 25,
        "totals_by_ide": [],
        "used_cli": False,
        "ai_credits_used": 2.5,
    } | more


def seat(login: str | None, created_at: str) -> Json:
    """Return a seat as GitHub lists it."""
    assignee = None if login is None else {"login": login, "id": 1, "type": "User"}
    return {"created_at": created_at, "plan_type": "business", "assignee": assignee, "last_activity_at": None}


def member(login: str, *verified: str) -> Json:
    """Return a member with the mail addresses that the organization verified."""
    return {"login": login, "organizationVerifiedDomainEmails": list(verified)}


def identity(login: str | None, name_id: str | None, scim: str | None = None) -> Json:
    """Return what an identity provider knows of a login."""
    return {
        "user": login and {"login": login},
        "samlIdentity": {"nameId": name_id, "emails": None},
        "scimIdentity": scim and {"username": scim, "emails": [{"value": scim}]},
    }


class Downloads(StandIn):
    """Where signed links lead: it refuses whoever sends a token, and a link without its signature."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.routes = {("GET", "/*"): self._file}

    def link(self, name: str, content: bytes) -> str:
        """Keep *content* and return the link to it."""
        self.files[f"/{name}"] = content
        return f"{self.url}/{name}?{SIGNATURE}"

    def _file(self, asked: Asked) -> Reply:
        if "authorization" in asked.headers:
            return Reply("<Error>two ways to sign in</Error>", 400)
        if asked.one("sig") != SIGNATURE.removeprefix("sig="):
            return Reply("<Error>no signature</Error>", 403)
        return Reply(self.files[asked.path], headers={"Content-Type": "application/octet-stream"})


class GitHub(StandIn):
    """An enterprise with one organization; *downloads* holds what its links lead to.

    Put reports into *reports* (a day without one has 204), split into *files* files; *hidden* paths may
    not be read with the token.
    """

    def __init__(self, downloads: Downloads) -> None:
        super().__init__()
        self.downloads = downloads
        self.reports: dict[date, list[Json]] = {}
        self.files = 1
        self.as_array = False
        self.seats: list[Json] = []
        self.bills: dict[date, list[Json]] = {}
        self.members: list[Json] = []
        self.identities: list[Json] = []
        self.hidden: dict[str, int] = {}  # path -> 403 or 404
        self.hides_saml = False
        self.graphql_page = 100
        for place in (f"/orgs/{ORG}", f"/enterprises/{ENTERPRISE}"):
            self.routes["GET", f"{place}/copilot/metrics/reports/users-1-day"] = self._links
            self.routes["GET", f"{place}/copilot/billing/seats"] = self._seats
        self.routes["GET", f"/organizations/{ORG}/settings/billing/ai_credit/usage"] = self._bill
        self.routes["POST", "/graphql"] = self._graphql

    def answer(self, asked: Asked) -> Reply:
        """Return the reply, a refusal without the token or the right."""
        reply = super().answer(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"message": "Bad credentials"}, 401)
        if asked.headers.get("x-github-api-version") != "2022-11-28":
            return Reply({"message": "unknown version"}, 400)
        if asked.path in self.hidden:
            return Reply({"message": "Resource not accessible"}, self.hidden[asked.path])
        return reply

    def _links(self, asked: Asked) -> Reply:
        if set(asked.query) != {"day"}:
            return Reply({"message": "unknown parameter"}, 400)
        day = date.fromisoformat(asked.one("day"))
        if day not in self.reports:
            return Reply(status=204)
        rows = self.reports[day]
        size = max(1, -(-len(rows) // self.files))
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        links = [self.downloads.link(f"{day}-{number}.json", self._file(part)) for number, part in enumerate(parts)]
        return Reply({"download_links": links, "report_day": day.isoformat()})

    def _file(self, rows: Sequence[Json]) -> bytes:
        if self.as_array:
            return json.dumps(rows, indent=1).encode()
        return "".join(f"{json.dumps(row)}\n" for row in rows).encode()

    def _seats(self, asked: Asked) -> Reply:
        size, page = int(asked.one("per_page", "50")), int(asked.one("page", "1"))
        if set(asked.query) - {"per_page", "page"} or size > 100:
            return Reply({"message": "unknown parameter"}, 400)
        return Reply({"total_seats": len(self.seats), "seats": self.seats[(page - 1) * size : page * size]})

    def _bill(self, asked: Asked) -> Reply:
        if set(asked.query) != {"year", "month", "day"}:
            return Reply({"message": "unknown parameter"}, 400)
        period = {name: int(asked.one(name)) for name in ("year", "month", "day")}
        items = self.bills.get(date(**period), [])
        return Reply({"timePeriod": period, "organization": ORG, "usageItems": items})

    def _graphql(self, asked: Asked) -> Reply:
        query, variables = asked.json["query"], asked.json["variables"]
        if set(variables) != {"org", "after"} or variables["org"] != ORG:
            return Reply({"data": {"organization": None}, "errors": [{"type": "NOT_FOUND", "path": ["organization"]}]})
        start = int(variables["after"] or 0)
        if "samlIdentityProvider" not in query:
            return Reply({"data": {"organization": {"membersWithRole": self._connection(self.members, start)}}})
        if self.hides_saml:
            error = {"type": "FORBIDDEN", "path": ["organization", "samlIdentityProvider"], "message": "no"}
            return Reply({"data": {"organization": {"samlIdentityProvider": None}}, "errors": [error]})
        found = {"externalIdentities": self._connection(self.identities, start)}
        return Reply({"data": {"organization": {"samlIdentityProvider": found if self.identities else None}}})

    def _connection(self, everything: Sequence[Json], start: int) -> Json:
        end = start + self.graphql_page
        info = {"hasNextPage": end < len(everything), "endCursor": str(end)}
        return {"pageInfo": info, "nodes": everything[start:end]}
