"""The ticket that a change names in its title or branch, as Jira and Linear write it: "PAY-12"."""

import re
from typing import Final

_LONGEST: Final = 1000
# Anywhere, but only in capitals: lower-case words with numbers are everyday English.
_IN_CAPITALS: Final = re.compile(r"(?<![A-Za-z0-9.-])([A-Z][A-Z0-9]{1,9})-([1-9][0-9]{0,6})(?![A-Za-z0-9]|[.-][0-9])")
# Linear names branches in lower case, with the key where a part begins: "ada/pay-12-retry-exports".
_IN_A_BRANCH: Final = re.compile(r"(?:^|/)([a-z][a-z0-9]{1,6})-([1-9][0-9]{0,6})(?=$|[-_/][a-z])")
# What has this form and is no ticket. To join two changes wrongly hides work; a ticket missed only counts it twice.
_STANDARDS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        AES CVE CWE ECMA ES FIPS GHSA GPT HTML HTTP IEC IEEE IPV ISO JDK LC MD MPEG OAUTH PEP PKCS RFC RSA SHA SHA2
        SHA3 SOC SSE SSL TLS UTC UTF UUID WCAG WPA X509
        """,
    )
)
_EVERYDAY: Final = frozenset(
    re.findall(
        r"\w+",
        """
        alpha batch beta bug build bump chore day deps django docs draft feat feature fix fixes gh go hotfix issue
        issues item java mr node part patch phase php pr pull py python rails rc react release revert ruby rust
        sprint stable stage step story task test ticket tmp try update upgrade version vue week wip year
        """,
    )
)


def named_ticket(title: str | None, branch: str | None) -> str:
    """Return the first ticket that *title*, else *branch* names, in capitals; nothing where neither does."""
    branch = (branch or "")[:_LONGEST]
    for text in ((title or "")[:_LONGEST], branch):
        for found in _IN_CAPITALS.finditer(text):
            if found[1] not in _STANDARDS:
                return found[0]
    for found in _IN_A_BRANCH.finditer(branch):
        if found[1] not in _EVERYDAY and found[1].upper() not in _STANDARDS:
            return found[0].removeprefix("/").upper()
    return ""
