"""users.*, usergroups.*, team.info: the directory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.playground.methods.args import Args, flag, page, required
from bot.playground.shown import Json
from bot.playground.things import LocalUser, SlackError
from bot.playground.world import World


def user_json(world: World, person: LocalUser, *, locale: bool = False) -> Json:
    """Returns a person as Slack tells it; the email only with its scope, the locale only when asked."""
    told: Json = {
        "id": person.id,
        "team_id": person.team_id or world.team_id,
        "name": person.handle,
        "real_name": person.name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
        "profile": _profile(world, person),
    }
    if person.is_stranger:
        told["is_stranger"] = True
    if person.deleted:  # Slack says no more of somebody who has left
        return told
    told |= {"is_restricted": person.is_restricted, "is_ultra_restricted": person.is_ultra_restricted}
    told |= {"is_admin": False, "is_owner": False, "tz": person.tz, "tz_label": person.tz}
    told["tz_offset"] = person.tz_offset(world.now())
    if locale and not person.is_stranger:
        told["locale"] = person.locale
    if world.enterprise_id:
        theirs = world.enterprise_id if not person.is_stranger else "E0ELSEWHERE"
        told["enterprise_user"] = {"id": person.id, "enterprise_id": theirs}
    return told


def _profile(world: World, person: LocalUser) -> Json:
    names = {"real_name": person.name, "display_name": person.name.split()[0], "team": person.team_id or world.team_id}
    may_read_email = "users:read.email" in world.scopes
    return {**names, "email": person.email} if person.email and may_read_email else names


def info(world: World, args: Args) -> Json:
    person = world.user(required(args, "user", "user_not_found"))
    return {"user": user_json(world, person, locale=flag(args, "include_locale"))}


def everybody(world: World, args: Args) -> Json:
    people = sorted(world.users.values(), key=lambda person: person.id)
    if world.is_org_wide:
        people = list(_of_workspace(world, people, world.asked_team(str(args.get("team_id") or ""))))
    rows, metadata = page(people, args)
    locale = flag(args, "include_locale")
    members = [user_json(world, person, locale=locale) for person in rows]
    return {"members": members, "cache_ts": int(world.now()), "response_metadata": metadata}


def _of_workspace(world: World, people: Sequence[LocalUser], team_id: str) -> Iterator[LocalUser]:
    """Yields who is in a workspace, and as deleted who was there once."""
    for person in people:
        if person.id in world.formerly.get(team_id, ()):
            yield replace(person, deleted=True, team_id=team_id)
        elif (person.team_id or world.team_id) == team_id:
            yield person


def lookup_by_email(world: World, args: Args) -> Json:
    wanted = required(args, "email", "users_not_found").lower()
    for person in world.users.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": user_json(world, person)}
    raise SlackError("users_not_found")


def usergroups(world: World, args: Args) -> Json:
    """Lists the groups put into `world.usergroups`: {"S01": {"handle": ..., "users": [...]}}.

    One that was disabled has a `date_delete`, and comes only when it is asked for.
    """
    team_id = world.asked_team(str(args.get("team_id") or ""))
    groups = [{**_usergroup(world, key), **group} for key, group in world.usergroups.items()]
    groups = [group for group in groups if group["team_id"] == team_id]
    if not flag(args, "include_disabled"):
        groups = [group for group in groups if not group["date_delete"]]
    if flag(args, "include_count"):
        groups = [{**group, "user_count": len(group.get("users", []))} for group in groups]
    if not flag(args, "include_users"):
        groups = [{key: value for key, value in group.items() if key != "users"} for group in groups]
    return {"usergroups": groups}


def _usergroup(world: World, key: str) -> Json:
    return {"id": key, "team_id": world.team_id, "is_usergroup": True, "handle": key.lower(), "date_delete": 0}


def usergroup_members(world: World, args: Args) -> Json:
    group = world.usergroups.get(required(args, "usergroup", "no_such_subteam"))
    if group is None or (group.get("date_delete") and not flag(args, "include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.get("users", []))}


def org_teams(world: World, args: Args) -> Json:
    """Lists the workspaces that an org-wide install is in; elsewhere the one."""
    rows, metadata = page(world.org_teams or (world.team_id,), args)
    return {"teams": [{"id": team, "name": team} for team in rows], "response_metadata": metadata}


def team_info(world: World, args: Args) -> Json:
    team = {"id": world.team_id, "name": "Larkfield (local)", "domain": world.team_domain}
    if world.enterprise_id:
        team |= {"enterprise_id": world.enterprise_id, "enterprise_name": "Larkfield"}
    return {"team": team}
