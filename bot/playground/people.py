"""A handful of made-up people and channels, for trying the bot and for tests."""

from bot.playground.things import LocalChannel, LocalUser

MADE_UP_PEOPLE: tuple[LocalUser, ...] = (
    LocalUser("U01ANA", "Ana Ruiz", "ana@larkfield.example"),
    LocalUser("U01MO", "Mo Adeyemi", "mo@larkfield.example", tz="Europe/London"),
    LocalUser("U01RUI", "Rui Costa", "rui@larkfield.example", tz="Europe/Lisbon", locale="pt-PT"),
    LocalUser("U01SAM", "Sam Ito", "sam@larkfield.example", tz="Asia/Tokyo", locale="ja-JP"),
    LocalUser("U01INES", "Ines Weber", "ines@larkfield.example", locale="de-DE"),
    LocalUser("U01VERA", "Vera Lind", "vera@larkfield.example", tz="America/New_York"),
    LocalUser("U01GUS", "Gus Guest", "gus@contractor.example", is_restricted=True),
    LocalUser("U01OTHERBOT", "Bot", "", is_bot=True),
    LocalUser("U01DEE", "Dee Deleted", "dee@larkfield.example", deleted=True),
    LocalUser("U01STRANGE", "Stran Ger", "stran@elsewhere.example", is_stranger=True, team_id="T0ELSEWHERE"),
)

_COLLEAGUES = frozenset({"U01ANA", "U01MO", "U01RUI", "U01SAM", "U01INES", "U01VERA", "U01GUS", "U01STRANGE"})


def made_up_channels(bot_user_id: str) -> tuple[LocalChannel, ...]:
    """Returns a channel of everybody but the bot, one with the bot, and a private one without it."""
    return (
        LocalChannel("C01GENERAL", "general", members=set(_COLLEAGUES)),
        LocalChannel("C01PAYMENTS", "payments", members={"U01ANA", "U01MO", "U01RUI", bot_user_id}),
        LocalChannel("G01PRIVATE", "private-room", members={"U01ANA", "U01MO"}, is_private=True),
    )
