"""Every field that is kept about a person, as a page."""

from bot.domain.fields import KEPT_FIELDS
from bot.views.blocks import Block, Message, actions, button, context, header, section
from bot.views.wording import LOCK

NOTIFICATION = "What is kept about you."


def kept_fields() -> Message:
    """Return every field that is kept about a person, by table."""
    blocks: list[Block] = [header("Every field that is kept")]
    for table, columns in KEPT_FIELDS.items():
        named = "\n".join(f"{name}: {meaning}" for name, meaning in columns.items())
        blocks.append(section(f"*{table}*\n{named}"))
    blocks.append(
        context(
            "person, slack_user, email_holder, listed_account, org_member and org_home are kept about every employee, "
            "the rest about people who are on. Beside these: usage_month (the same measures by month), and keyed marks "
            "that recognise an erased account or a repeated request without naming anybody."
        )
    )
    return Message(NOTIFICATION, [*blocks, context(LOCK), actions(button("What is kept about me", "privacy"))])
