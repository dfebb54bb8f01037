"""What is found in an entry before anybody else sees it, and what is left alone."""

import pytest

from bot.domain.use_cases.entry import Draft, Problem
from bot.domain.use_cases.scan import NO_CUSTOMERS, customer_names, scan, scan_words
from bot.views.use_case_words import problem_line, problems_by_field

# Made of parts, so that no scanner takes this file for a leak. All of them are made up.
BODY = "q7Zk2vB9xT4mW8rNc6Jd1sHy5PfL3gAe"
HEX = "9f86d081884c7d659a2feaa0c55ad015"
SECRETS = {
    "amazon": "AKI" + "A5XQ7RT2LM9KD3WZP",
    "github": "gh" + "p_" + BODY + "6Kd2",
    "github, fine": "github" + "_pat_11ABCDEFG0" + BODY,
    "gitlab": "glp" + "at-" + BODY[:20],
    "slack bot": "xox" + "b-123456789012-" + BODY,
    "slack app": "xap" + "p-1-A0B1-" + BODY,
    "slack hook": "https://hooks.slack" + ".com/services/T0A1B2/B3C4D5/" + BODY[:24],
    "stripe": "sk_li" + "ve_" + BODY[:24],
    "openai": "sk-pr" + "oj-" + BODY,
    "anthropic": "sk-an" + "t-api03-" + BODY,
    "google": "AIz" + "aSy" + BODY + "Q",
    "npm": "np" + "m_" + BODY + "AbCd",
    "sendgrid": "SG" + "." + BODY[:22] + "." + BODY,
    "hugging face": "h" + "f_" + BODY,
    "databricks": "dap" + "i" + HEX,
    "vault": "hv" + "s." + BODY,
    "linear": "lin_" + "api_" + BODY,
    "signed token": "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0." + BODY[:20],
    "telegram": "123456789" + ":AA" + BODY + "x",
    "in a query": "https://x.example/v1?api_" + "key=" + BODY,
    "named": "api" + "_key = '" + HEX + "'",
    "bearer": "Authorization: Bea" + "rer " + BODY,
    "exported": "export CI_TO" + "KEN=" + BODY[:20],
    "random": "use " + BODY + " for it",
    "full width": "\uff47\uff48\uff50_" + BODY + "6Kd2",
}
LEFT_ALONE = (
    "Look at 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b and then run it",  # a commit
    "run 3f2504e0-4f89-11d3-9a0c-0305e82c3301 failed",  # an id of a run
    "Ask for the secret: what would a new colleague not know?",
    "password: see the vault",
    "export TOKEN=$CI_TOKEN, api_key=<your key>, password = os.environ['PASSWORD']",
    "sk-... and ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "TestPaymentRefundsAreIdempotentUnderRetry429AndTimeouts fails",
    "https://docs.example.com/document/d/1q7Zk2vB9xT4mW8rNc6Jd1sHy5PfL3gAe/edit",
    "src/components/checkout/PaymentMethodSelectorContainer.test.tsx:142",
    "git clone git@github.com:acme/api.git, then mail you@example.com",
    "Give it 120000 tokens, 2026-11-19 09:40, version 10.0.19045.3693, 555 lines",
    "tickets 1000000001 to 1000000016; build 4111111111111112",
    "p1731999999999999 in the link of a Slack message",
    "@Component and std::vector<int>, see the file: config.py",
    "token: authentication, secret = shared knowledge",
    "+120 -30 lines, 10.5.0.1:8080",
)


def kinds(text: str, names: str = "") -> list[str]:
    customers = customer_names(names) if names else NO_CUSTOMERS
    return [problem.kind for problem in scan_words(text, customers)]


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_key_is_found_and_never_repeated(secret: str) -> None:
    draft = Draft(title="t", when="w", how=f"1. Paste this\n2. It needs a login\n3. `{secret}`\n4. Done")
    (problem,) = scan(draft)

    assert problem == Problem("how", "access_key", 3)
    line = problem_line(problem)
    assert line == "Line 3 looks like an access key. Take it out and send again; nothing was stored."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-----BEGIN " + "RSA PRIVATE KEY-----", ["private_key"]),
        ("-----BEGIN " + "OPENSSH PRIVATE KEY-----", ["private_key"]),
        ("pass" + "word: hunter2!x", ["password"]),
        ("https://ana:" + "s3cretpw@db.internal.acme.io/x", ["password"]),
        ("ask ana.ruiz@larkfield.com", ["mail_address"]),
        ("ask ana.ruiz\u200b@larkfield.com", ["mail_address"]),
        ("call +49 151 2345 6789", ["phone_number"]),
        ("call 030/1234 5678 or so", ["phone_number"]),
        ("call (212) 555-0187", ["phone_number"]),
        ("DE89 3704 0044 0532 0130 00", ["bank_account"]),
        ("GB82WEST12345698765432", ["bank_account"]),
        ("DE89370400440532013001", []),
        ("4012 8888 8888 1881", ["card_number"]),
        ("378282246310005", ["card_number"]),
        ("4012 8888 8888 1882", []),
        ("open vscode://settings", ["link_scheme"]),
        ("[x](javascript:alert(1))", ["link_scheme"]),
        ("data:text/html;base64,AAAA", ["link_scheme"]),
        ("file:///etc/passwd", ["link_scheme"]),
        ("see https://x.example and http://y.example", []),
    ],
)
def test_what_else_is_found(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_people_write_about_their_work_is_left_alone(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as for Nordwind AG last week", True),
        ("NORDWIND  ag", True),
        ("nordwind's tickets", False),
        ("for M\u00fcller+Sohn", True),
        ("for Mu\u0308ller + Sohn", True),
        ("nordwinds", False),
        ("it is a remark", False),
        ("x", False),
    ],
)
def test_customers_are_found_by_the_operators_list(text: str, found: bool) -> None:
    names = "Nordwind AG\n# a remark\n\nx\nM\u00fcller + Sohn\n"

    assert ("customer_name" in kinds(text, names)) is found


def test_every_field_and_line_is_told_once_a_kind() -> None:
    draft = Draft(title="Ask bo@larkfield.com", how="ok\nbo@larkfield.com, al@larkfield.com\n\n+49 151 2345 6789")
    found = scan(draft)

    assert found == [
        Problem("title", "mail_address", 1),
        Problem("how", "mail_address", 2),
        Problem("how", "phone_number", 4),
    ]
    assert problems_by_field(found) == {
        "title": "This looks like somebody's mail address. Take it out and send again; nothing was stored.",
        "how": "Line 2 looks like somebody's mail address. Take it out and send again; nothing was stored.",
    }
