"""The Web API, through the real client: what it does, and the names under which it refuses."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.local_slack import LocalSlack
from tests.playground.bots import Json, actions, button, chart, client_of, data_table, error_of, home, section


def test_a_wrong_token_is_refused(slack: LocalSlack) -> None:
    assert error_of(client_of(slack, "xoxb-wrong").auth_test) == "invalid_auth"
    assert error_of(client_of(slack, "").auth_test) == "not_authed"
    assert error_of(client_of(slack, slack.app_token).chat_postMessage, channel="U01ANA", text="x") == (
        "not_allowed_token_type"
    )
    assert error_of(client_of(slack).apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"


def test_a_revoked_token_is_refused(slack: LocalSlack) -> None:
    slack.world.revoked = True

    assert error_of(client_of(slack).auth_test) == "token_revoked"


def test_auth_test_says_who_the_bot_is_and_what_it_may_do(slack: LocalSlack) -> None:
    answer = client_of(slack).auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0BOT", "B0BOT", "T0LOCAL")
    assert "users:read.email" in answer.headers["x-oauth-scopes"].split(",")


def test_a_missing_scope_is_named(slack: LocalSlack) -> None:
    slack.world.scopes = {"chat:write"}
    with pytest.raises(SlackApiError) as refused:
        client_of(slack).users_info(user="U01ANA")

    answer = refused.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


def test_an_unknown_method_is_refused(slack: LocalSlack) -> None:
    assert error_of(client_of(slack).api_call, api_method="chat.whisper") == "unknown_method"


def test_the_email_needs_its_own_scope(slack: LocalSlack) -> None:
    assert client_of(slack).users_info(user="U01ANA")["user"]["profile"]["email"] == "ana@larkfield.example"

    slack.world.scopes -= {"users:read.email"}

    assert "email" not in client_of(slack).users_info(user="U01ANA")["user"]["profile"]
    assert all("email" not in member["profile"] for member in client_of(slack).users_list()["members"])
    assert error_of(client_of(slack).users_lookupByEmail, email="ana@larkfield.example") == "missing_scope"


def test_people_are_what_they_are(slack: LocalSlack) -> None:
    told = {member["id"]: member for member in client_of(slack).users_list()["members"]}

    assert told["U01GUS"]["is_restricted"]
    assert told["U01DEE"]["deleted"]
    assert "tz" not in told["U01DEE"]
    assert told["U01OTHERBOT"]["is_bot"]
    assert told["U01STRANGE"]["is_stranger"]
    assert told["U01STRANGE"]["team_id"] == "T0ELSEWHERE"


def test_the_locale_is_told_when_asked_and_not_of_strangers(slack: LocalSlack) -> None:
    client = client_of(slack)

    assert "locale" not in client.users_info(user="U01RUI")["user"]
    assert client.users_info(user="U01RUI", include_locale=True)["user"]["locale"] == "pt-PT"
    assert "locale" not in client.users_info(user="U01STRANGE", include_locale=True)["user"]


@pytest.mark.parametrize(("now", "hours"), [(1_763_600_000, 1), (1_783_600_000, 2)])
def test_the_offset_follows_daylight_saving(now: float, hours: int) -> None:
    ana = LocalSlack().world.users["U01ANA"]

    assert ana.tz_offset(now) == hours * 3600


def test_the_directory_comes_in_pages(slack: LocalSlack) -> None:
    seen: list[str] = []
    for page in client_of(slack).users_list(limit=4):
        assert len(page["members"]) <= 4
        seen += [member["id"] for member in page["members"]]

    assert sorted(seen) == sorted(slack.world.users)


def test_somebody_is_found_by_email_in_any_case(slack: LocalSlack) -> None:
    find = client_of(slack).users_lookupByEmail

    assert find(email="ANA@larkfield.example")["user"]["id"] == "U01ANA"
    assert error_of(find, email="dee@larkfield.example") == "users_not_found"
    assert error_of(client_of(slack).users_info, user="U0NOBODY") == "user_not_found"


def test_a_post_to_a_person_lands_in_their_own_dm(slack: LocalSlack) -> None:
    answer = client_of(slack).chat_postMessage(channel="U01ANA", text="hello")

    assert answer["channel"].startswith("D")
    (shown,) = slack.shown_to("U01ANA")
    assert (shown.surface, shown.text, shown.ts) == ("dm", "hello", answer["ts"])
    assert slack.shown_to("U01MO") == []


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C01GENERAL", "not_in_channel"),
        ("G01PRIVATE", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
        ("U0NOBODY", "channel_not_found"),
        ("U01OTHERBOT", "cannot_dm_bot"),
        ("U01DEE", "user_disabled"),
    ],
)
def test_the_bot_posts_only_where_it_may(slack: LocalSlack, channel: str, error: str) -> None:
    assert error_of(client_of(slack).chat_postMessage, channel=channel, text="x") == error
    assert slack.everything_sent() == []


def test_a_post_in_a_channel_is_seen_by_its_people_and_can_be_read_by_full_members(slack: LocalSlack) -> None:
    client_of(slack).chat_postMessage(channel="#payments", text="hello")

    (shown,) = slack.everything_sent()
    assert shown.user_ids == ("U01ANA", "U01MO", "U01RUI")
    assert slack.shown_to("U01VERA") == [shown]
    assert slack.shown_to("U01GUS") == slack.shown_to("U01STRANGE") == slack.shown_to("U01DEE") == []


def test_an_empty_message_is_refused(slack: LocalSlack) -> None:
    call = client_of(slack).api_call
    message = {"channel": "U01ANA", "blocks": []}

    assert error_of(call, api_method="chat.postMessage", json=message) == "no_text"


def test_wrong_blocks_are_refused_with_their_place(slack: LocalSlack) -> None:
    with pytest.raises(SlackApiError) as refused:
        client_of(slack).chat_postMessage(channel="U01ANA", text="x", blocks=[section("x" * 3001)])

    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {answer['errors'][0]}"]
    assert slack.everything_sent() == []


def test_blocks_with_too_much_text_in_all_are_refused_by_a_post(slack: LocalSlack) -> None:
    post = client_of(slack).chat_postMessage
    blocks = [section("x" * 2600)] * 5

    assert error_of(post, channel="U01ANA", text="x", blocks=blocks) == ""
    assert error_of(post, channel="U01ANA", text="x", blocks=[*blocks, section()]) == "msg_blocks_too_long"


def test_a_plan_without_rich_blocks_answers_invalid_blocks() -> None:
    with LocalSlack(rich_blocks=False).running() as slack:
        client = client_of(slack)

        assert error_of(client.chat_postMessage, channel="U01ANA", text="x", blocks=[chart()]) == "invalid_blocks"
        assert error_of(client.views_publish, user_id="U01ANA", view=home(data_table())) == "invalid_blocks"


def test_metadata_comes_back_only_when_asked_for(slack: LocalSlack) -> None:
    client = client_of(slack)
    mark: Json = {"event_type": "digest", "event_payload": {"key": "k1"}}
    channel = client.chat_postMessage(channel="U01ANA", text="x", metadata=mark)["channel"]

    (plain_one,) = client.conversations_history(channel=channel)["messages"]
    (marked,) = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert "metadata" not in plain_one
    assert marked["metadata"] == mark
    wrong = {"event_type": "digest"}
    assert error_of(client.chat_postMessage, channel="U01ANA", text="x", metadata=wrong) == ("invalid_metadata_format")


def test_history_is_newest_first_and_bounded(slack: LocalSlack) -> None:
    client = client_of(slack)
    sent = [client.chat_postMessage(channel="U01ANA", text=f"m{n}") for n in range(4)]
    channel, stamps = sent[0]["channel"], [one["ts"] for one in sent]

    def texts(**bounds: object) -> list[str]:
        answer = client.conversations_history(channel=channel, **bounds)  # type: ignore[arg-type]
        return [message["text"] for message in answer["messages"]]

    assert texts() == ["m3", "m2", "m1", "m0"]
    assert texts(oldest=stamps[1]) == ["m3", "m2"]
    assert texts(oldest=stamps[1], latest=stamps[2], inclusive=True) == ["m2", "m1"]
    assert texts(limit=1) == ["m3"]


def test_history_of_a_dm_needs_its_scope(slack: LocalSlack) -> None:
    channel = client_of(slack).conversations_open(users="U01ANA")["channel"]["id"]
    slack.world.scopes -= {"im:history"}

    assert error_of(client_of(slack).conversations_history, channel=channel) == "missing_scope"


def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_changed(slack: LocalSlack) -> None:
    client = client_of(slack)
    ts = client.chat_postEphemeral(channel="C01PAYMENTS", user="U01ANA", text="psst")["message_ts"]

    assert [shown.surface for shown in slack.shown_to("U01ANA")] == ["ephemeral"]
    assert slack.shown_to("U01MO") == []
    assert error_of(client.chat_update, channel="C01PAYMENTS", ts=ts, text="x") == "message_not_found"
    assert error_of(client.chat_postEphemeral, channel="C01PAYMENTS", user="U01VERA", text="x") == (
        "user_not_in_channel"
    )


def test_an_update_keeps_blocks_unless_told_otherwise(slack: LocalSlack) -> None:
    client = client_of(slack)
    sent = client.chat_postMessage(channel="U01ANA", text="one", blocks=[section("old")])
    where = {"channel": sent["channel"], "ts": sent["ts"]}

    assert client.chat_update(**where, text="two")["message"]["blocks"] == [section("old")]
    assert "blocks" not in client.chat_update(**where, text="three", blocks=[])["message"]
    assert [shown.text for shown in slack.shown_to("U01ANA")] == ["one", "two", "three"]


def test_only_its_own_messages_are_the_bots_to_change(slack: LocalSlack) -> None:
    client = client_of(slack)
    message = slack.say("U01ANA", "C01PAYMENTS", "mine")
    where = {"channel": "C01PAYMENTS", "ts": message.ts}

    assert error_of(client.chat_update, **where, text="x") == "cant_update_message"
    assert error_of(client.chat_delete, **where) == "cant_delete_message"
    assert client.chat_getPermalink(channel="C01PAYMENTS", message_ts=message.ts)["permalink"]


def test_a_deleted_message_is_gone(slack: LocalSlack) -> None:
    client = client_of(slack)
    sent = client.chat_postMessage(channel="U01ANA", text="x", blocks=[actions(button())])
    client.chat_delete(channel=sent["channel"], ts=sent["ts"])

    assert error_of(client.chat_delete, channel=sent["channel"], ts=sent["ts"]) == "message_not_found"
    assert client.conversations_history(channel=sent["channel"])["messages"] == []


def test_channels_the_bot_cannot_see_do_not_exist_for_it(slack: LocalSlack) -> None:
    client = client_of(slack)
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]

    assert {channel["id"] for channel in listed} == {"C01GENERAL", "C01PAYMENTS"}
    assert error_of(client.conversations_info, channel="G01PRIVATE") == "channel_not_found"
    assert client.conversations_info(channel="C01PAYMENTS")["channel"]["is_member"]
    assert "U01ANA" in client.conversations_members(channel="C01PAYMENTS")["members"]


def test_a_file_is_seen_by_nobody_until_it_is_shared(slack: LocalSlack) -> None:
    client = client_of(slack)
    client.files_upload_v2(filename="data.json", content='{"a": 1}')
    assert slack.everything_sent() == []

    channel = client.conversations_open(users="U01ANA")["channel"]["id"]
    answer = client.files_upload_v2(filename="data.json", content='{"a": 1}', channel=channel)

    (shown,) = slack.shown_to("U01ANA")
    assert (shown.surface, shown.raw["contents"]) == ("file", {"data.json": '{"a": 1}'})
    assert client.files_info(file=answer["file"]["id"])["file"]["size"] == 8
    assert slack.shown_to("U01MO") == []


def test_a_file_goes_to_a_conversation_not_to_a_user_id(slack: LocalSlack) -> None:
    upload = client_of(slack).files_upload_v2

    assert error_of(upload, filename="a.txt", content="a", channel="U01ANA") == "channel_not_found"
    assert error_of(client_of(slack).files_completeUploadExternal, files=[{"id": "F0"}]) == "file_not_found"


def test_a_home_tab_is_published_for_one_person(slack: LocalSlack) -> None:
    client = client_of(slack)
    first = client.views_publish(user_id="U01ANA", view=home(section("one")))["view"]
    client.views_publish(user_id="U01ANA", view=home(section("two")), hash=first["hash"])

    assert [shown.surface for shown in slack.shown_to("U01ANA")] == ["home", "home"]
    assert slack.shown_to("U01MO") == []
    stale = {"user_id": "U01ANA", "view": home(), "hash": first["hash"]}
    assert error_of(client.views_publish, **stale) == "hash_conflict"


def test_home_may_refuse_a_chart() -> None:
    with LocalSlack(charts_in_home=False).running() as slack:
        publish = client_of(slack).views_publish

        assert error_of(publish, user_id="U01ANA", view=home(chart())) == "invalid_blocks"
        assert error_of(publish, user_id="U01ANA", view=home(data_table())) == ""


def test_a_malformed_view_is_refused(slack: LocalSlack) -> None:
    publish = client_of(slack).views_publish

    assert error_of(publish, user_id="U01ANA", view=home(section(""))) == "invalid_arguments"
    assert error_of(publish, user_id="U01ANA", view={"type": "modal"}) == "invalid_arguments"


def test_blocks_can_be_checked_without_sending(slack: LocalSlack) -> None:
    check = client_of(slack, "").blocks_validate

    assert error_of(check, blocks=[section()]) == ""
    assert error_of(check, blocks=[section("")]) == "invalid_blocks"
    assert error_of(check, message={"blocks": [section()], "text": "x"}) == "invalid_arguments"
    assert error_of(check, view=home(section())) == ""


def test_usergroups_are_listed(slack: LocalSlack) -> None:
    slack.world.usergroups["S01"] = {"handle": "payments", "users": ["U01ANA"]}
    client = client_of(slack)

    assert client.usergroups_list()["usergroups"][0]["handle"] == "payments"
    assert client.usergroups_users_list(usergroup="S01")["users"] == ["U01ANA"]
    assert error_of(client.usergroups_users_list, usergroup="S0") == "no_such_subteam"


def test_every_call_is_kept(slack: LocalSlack) -> None:
    client_of(slack).chat_postMessage(channel="U01ANA", text="x")

    (call,) = slack.calls_of("chat.postMessage")
    assert (call.args["channel"], call.response["ok"]) == ("U01ANA", True)
    assert slack.bot_token not in str(call.args)


def test_only_the_last_are_kept_when_told_so() -> None:
    with LocalSlack(keep_last=3).running() as slack:
        client = client_of(slack)
        for n in range(5):
            client.chat_postMessage(channel="U01ANA", text=f"m{n}")

        assert [shown.text for shown in slack.everything_sent()] == ["m2", "m3", "m4"]
        assert [shown.text for shown in slack.shown_to("U01ANA")] == ["m2", "m3", "m4"]
        assert len(slack.calls) == 3


def test_an_enterprise_shows_in_the_directory() -> None:
    with LocalSlack(enterprise_id="E0LOCAL").running() as slack:
        client = client_of(slack)

        assert client.auth_test()["enterprise_id"] == "E0LOCAL"
        assert client.users_info(user="U01ANA")["user"]["enterprise_user"]["enterprise_id"] == "E0LOCAL"
