"""The operator's file of accounts: read whole, or refused with every line that is wrong and no name in it."""

import pytest

from bot.connectors.accounts_file import NumberedRow, parse
from bot.connectors.operator_file import MAX_BYTES
from bot.domain.accounts import AssignedAccount
from bot.errors import InputError

HEADER = b"provider,account,person\n"


def test_a_row_says_whose_an_account_is_or_that_it_is_shared() -> None:
    content = HEADER + b"github,ana-ruiz,Ana@Larkfield.example\nopenai,key-7,shared\n"

    assert parse(content) == [
        NumberedRow(2, AssignedAccount("github", "ana-ruiz", "ana@larkfield.example")),
        NumberedRow(3, AssignedAccount("openai", "key-7", None)),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfprovider,account,person\r\ngithub,a,b@c\r\n",
        b"Provider, Account, Person\n github , a , B@C \n",
        b'provider,account,person\n"github","a","b@c"\n',
        b"provider,account,person\n\n,,\nGitHub,a,b@c\ngithub,a,b@c\n",
    ],
    ids=["as a spreadsheet saves it", "with blanks", "quoted", "with empty and repeated lines"],
)
def test_it_is_read_however_it_was_saved(content: bytes) -> None:
    assert [row.account for row in parse(content)] == [AssignedAccount("github", "a", "b@c")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("github,a", "line 2: 2 columns where 3 belong"),
        ("github,a,b@c,2026-11-18", "line 2: 4 columns where 3 belong"),
        ("github,a,ana", "line 2: the person is neither a mail address nor `shared`"),
        ("github,a,", "line 2: the person is neither a mail address nor `shared`"),
        ("github,a,b@c@d", "line 2: the person is neither a mail address nor `shared`"),
        ("github,,b@c", "line 2: the account has no name that can be one"),
        (f"github,{'n' * 501},b@c", "line 2: the account has no name that can be one"),
        ("github,a\x00b,b@c", "line 2: the account has no name that can be one"),
        (",a,b@c", "line 2: the provider is not one: anthropic, cursor, github, openai, external, ..."),
        ("own,T0/U01ANA,b@c", "line 2: the provider is not one: anthropic, cursor, github, openai, external, ..."),
        ("a b,a,b@c", "line 2: the provider is not one: anthropic, cursor, github, openai, external, ..."),
    ],
)
def test_a_malformed_row_is_named_by_its_line_and_quoted_nowhere(row: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(HEADER + f"{row}\ngithub,fine,fine@c\n".encode())

    assert list(caught.value.rows) == [problem]


def test_an_account_with_two_persons_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        parse(HEADER + b"github,a,b@c\nopenai,a,x@c\ngithub,a,x@c\n")

    assert list(caught.value.rows) == ["line 4: the account is in line 2 already, with another person"]


def test_of_very_many_bad_rows_the_first_are_named_and_the_rest_counted() -> None:
    with pytest.raises(InputError) as caught:
        parse(HEADER + b"github,a\n" * 70)

    assert len(caught.value.rows) == 51
    assert caught.value.rows[-1] == "and 20 more"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the header must be provider,account,person"),
        (b"provider,account,person,from_day\n", "line 1: the header must be provider,account,person"),
        (b"github,a,b@c\n", "line 1: the header must be provider,account,person"),
        (HEADER + b"\xff\xfe", "not UTF-8"),
        (HEADER + b'github,"a,b@c\n', "line 2: not CSV"),
        (b"x" * (MAX_BYTES + 1), "more than 64 MiB"),
    ],
    ids=["empty", "a fourth column", "no header", "not text", "a quote that does not end", "too large"],
)
def test_what_is_no_such_file_is_refused_in_one_line(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(content)
