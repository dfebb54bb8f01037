"""How much of what Block Kit takes, and where: the one table behind the checks."""

from typing import Literal

Surface = Literal["message", "modal", "home"]

# Block types by surface. `table` is documented for Home too, but only messages draw it; `card` is
# documented for modals, where it fails. `video`, `plan`, `task_card` and `file` are not for us.
_EVERYWHERE = {"section", "header", "context", "actions", "divider", "image", "input", "rich_text"}
_MESSAGE_AND_HOME = {"data_table", "data_visualization", "card", "carousel", "container"}
BLOCK_TYPES: dict[Surface, frozenset[str]] = {
    "message": frozenset(_EVERYWHERE | _MESSAGE_AND_HOME | {"context_actions", "markdown", "table"}),
    "modal": frozenset(_EVERYWHERE | {"alert"}),
    "home": frozenset(_EVERYWHERE | _MESSAGE_AND_HOME),
}
RICH_BLOCK_TYPES = frozenset({"data_visualization", "data_table", "table"})
TABLE_TYPES = frozenset({"data_table", "table"})
CONTAINER_CHILD_TYPES = frozenset(_EVERYWHERE | {"table"})
MODAL_ONLY_INPUTS = frozenset({"file_input", "email_text_input", "number_input", "url_text_input"})
VIEW_ONLY_INPUTS = frozenset({"rich_text_input"})

BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
BLOCK_ID = ACTION_ID = CALLBACK_ID = EXTERNAL_ID = 255
MESSAGE_BLOCKS_TEXT = 13_000  # all text of a message's blocks, tables aside; chat.postMessage alone minds
MESSAGE_TEXT = 40_000

SECTION_TEXT, SECTION_FIELDS, SECTION_FIELD = 3000, 10, 2000
HEADER_TEXT, HEADER_LEVEL = 150, 4
CONTEXT_ELEMENTS, CONTEXT_ACTIONS = 10, 5
CONTEXT_TEXT = 3000
ACTIONS_ELEMENTS = 25
MARKDOWN_TEXT = 12_000
ALT_TEXT = IMAGE_TITLE = 2000
URL = 3000
ALERT_TEXT = 200

BUTTON_TEXT, BUTTON_VALUE, ACCESSIBILITY_LABEL = 75, 2000, 75
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
OPTION_TEXT, OPTION_VALUE, OPTION_DESCRIPTION = 75, 150, 75
SELECT_OPTIONS, OVERFLOW_OPTIONS, CHOICES = 100, 5, 10
PLACEHOLDER = 150
INPUT_LABEL = INPUT_HINT = 2000
INPUT_TEXT = 3000
INPUT_FILES = 10
ICON_VIEWERS = 10

VIEW_TITLE = VIEW_SUBMIT = VIEW_CLOSE = 24
PRIVATE_METADATA = 3000
VIEW_BYTES = 250_000
VIEW_STACK = 3

CHARTS_PER_MESSAGE = 2
CHART_TITLE, CHART_LABEL, AXIS_LABEL = 50, 20, 50
CHART_SERIES = CHART_SEGMENTS = 12
CHART_CATEGORIES = 20

TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT = 100, 20, 10_000
DATA_TABLE_ROWS, DATA_TABLE_TEXT, DATA_TABLE_PAGE = 200, 20_000, 100  # rows besides the header row

CARD_TITLE, CARD_BODY, CARD_ACTIONS = 150, 200, 3
CAROUSEL_CARDS = 10
CONTAINER_TITLE, CONTAINER_CHILDREN = 150, 10
