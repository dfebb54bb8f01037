"""What in a line of text looks like somebody's data: addresses, telephone, bank and card numbers."""

import re
from typing import Final, Literal

Personal = Literal["mail_address", "phone_number", "bank_account", "card_number"]

_MAIL: Final = re.compile(r"(?<![\w.+-])(?P<local>[\w.+-]{1,64})@(?P<domain>(?:[\w-]{1,63}\.)+[^\W\d_]{2,24})(?![\w-])")
# Made-up addresses of documents, and users of git and ssh.
_NO_PERSON: Final = re.compile(r"(?:.+\.)?(?:example(?:\.[a-z]+)?|test|invalid|localhost|local)", re.IGNORECASE)
_NO_NAME: Final = frozenset({"git", "hg", "ssh", "noreply", "no-reply", "user", "username", "name", "you", "me"})
_PHONE: Final = re.compile(
    r"(?<![\w+.])\+\d(?:[\s()./-]{0,2}\d){7,14}(?![\d\w])"  # with the country's code
    r"|(?<![\w+./-])\(?0\d{1,4}\)?[\s/-]{1,3}\d{3,}(?:[\s-]?\d{2,})+(?![\w/-])"  # as written at home, in Europe
    r"|(?<![\w./-])(?:\(\d{3}\)\s?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-])"  # and in North America
)
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
_CARD: Final = re.compile(
    r"(?<![\w.-])(?:4(?:[\s-]?\d){12}(?:(?:[\s-]?\d){3}){0,2}|3[47](?:[\s-]?\d){13}"
    r"|(?:5[1-5]\d\d|2[2-7]\d\d|6011|64[4-9]\d|65\d\d)(?:[\s-]?\d){12})(?![\w-]|[\s-]\d)"
)


def personal_in(line: str) -> list[Personal]:
    """Return what kinds of personal data a line looks like it holds."""
    found: list[Personal] = []
    if any(_is_somebodys(match) for match in _MAIL.finditer(line)):
        found.append("mail_address")
    if any(_is_iban(match[0]) for match in _IBAN.finditer(line)):
        found.append("bank_account")
    if any(_is_card(match[0]) for match in _CARD.finditer(line)):
        found.append("card_number")
    if found in ([], ["mail_address"]) and _PHONE.search(line):
        found.append("phone_number")
    return found


def _is_somebodys(match: re.Match[str]) -> bool:
    return match["local"].lower() not in _NO_NAME and _NO_PERSON.fullmatch(match["domain"]) is None


def _is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN (ISO 13616) are right."""
    number = re.sub(r"\s", "", text)
    if not 15 <= len(number) <= 34:
        return False
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    """Whether the check digit of a card's number (Luhn, ISO/IEC 7812) is right."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
