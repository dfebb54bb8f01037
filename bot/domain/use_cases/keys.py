"""What looks like a key, a token or a password in a line of text.

Own patterns, because the ready-made scanners either run as a program or bring an HTTP client to ask the
provider whether a key works. A shape that a provider documents counts anywhere; what follows a word such as
"password" counts unless it is a placeholder; a long random string counts outside addresses.
"""

import re
from itertools import pairwise
from math import log2
from typing import Final, Literal

Secret = Literal["access_key", "private_key", "password"]

_PRIVATE_KEY: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
_KEYS: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"  # Amazon
    r"|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"  # GitHub
    r"|gl(?:pat|dt|rt|ptt|ft|soat|cbt|agent)-[\w-]{16,}"  # GitLab
    r"|xox[abceoprs](?:\.\w+)?-[\w-]{10,}|xapp-\d-[\w-]{10,}"  # Slack
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{20,}"  # Stripe
    r"|sk-[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic and those who imitate them
    r"|AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"  # Google
    r"|npm_[A-Za-z0-9]{30,}|pypi-Ag[\w-]{40,}|dckr_pat_[\w-]{20,}|rubygems_[a-f0-9]{40,}"  # registries
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|key-[a-f0-9]{32}|[a-f0-9]{32}-us\d{1,2}|(?:SK|AC)[a-f0-9]{32}"  # senders of mail
    r"|hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|pplx-[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}"
    r"|dapi[a-f0-9]{32}|do[opr]_v1_[a-f0-9]{40,}|hv[sbr]\.[\w-]{20,}|lin_(?:api|oauth)_[A-Za-z0-9]{20,}"
    r"|ATATT3[\w=-]{20,}|ATCTT3[\w=-]{20,}|PMAK-[a-f0-9-]{30,}|figd_[\w-]{20,}|shp(?:at|ca|pa|ss)_[a-f0-9]{20,}"
    r"|sq0(?:atp|csp|idp)-[\w-]{20,}|EAAA[\w-]{56,}|secret_[A-Za-z0-9]{30,}|ntn_[A-Za-z0-9]{30,}|sntrys_[\w=+/-]{20,}"
    r"|glsa_[A-Za-z0-9_]{30,}|NRAK-[A-Z0-9]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{20,}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # a signed token
    r"|\d{8,10}:AA[\w-]{30,}"  # Telegram
    r")"
)
# In addresses: a web hook, a signature, a key in the query; a password before the @.
_IN_ADDRESS: Final = re.compile(
    r"hooks\.slack\.com/(?:services|workflows|triggers)/\w+/\w+|discord(?:app)?\.com/api/webhooks/\d+/[\w-]+"
    r"|\.webhook\.office\.com/\S{20,}"
    r"|[?&;](?:access_token|api[_-]?key|key|token|sig|signature|secret|sv|X-Amz-Signature)=[\w%.~+/-]{16,}",
    re.IGNORECASE,
)
_PASSWORD_IN_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/@:]*:(?P<value>[^\s/@]{3,})@", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"(?P<name>pass(?:word|wd|phrase|wort)|kennwort|pwd|secret|credentials?"
    r"|(?:api|access|account|auth|client|private|secret|signing|encryption|shared)[ _.-]?(?:key|token|secret)"
    r"|token|authorization)"
    r"[\"'\]]*\s{0,3}(?:=>?|:|\bis\b)\s{0,3}(?:bearer\s+|basic\s+)?[\"'(]?(?P<value>[^\s\"')]{6,})",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(r"\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9+/=._~-]{16,})", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"^[<$%{\[*#(@/~]|\.\.\.|…|xxx|\*\*\*|•••|your|example|changeme|redacted|placeholder|dummy|\(|env\b|process\.|vault:|op://",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_LONG: Final = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_PATH: Final = re.compile(r"[/_=-]")
_LEAST_BITS: Final = 3.8  # a letter, in a random string of 24 and more
_LEAST_TURNS: Final = 0.38  # of neighbours, from one kind of letter to another; names in CamelCase have fewer


def secret_in(line: str) -> Secret | None:
    """Return what a line of text looks like it holds, if anything."""
    if _PRIVATE_KEY.search(line):
        return "private_key"
    if any(not _is_placeholder(match[0]) for match in _KEYS.finditer(line)) or _IN_ADDRESS.search(line):
        return "access_key"
    if any(not _is_placeholder(match["value"]) for match in _PASSWORD_IN_ADDRESS.finditer(line)):
        return "password"
    if any(_is_secret(match["value"]) for match in (*_NAMED.finditer(line), *_BEARER.finditer(line))):
        return "password" if re.search(r"passw|passphrase|pwd|kennwort", line, re.IGNORECASE) else "access_key"
    if any(_is_random(part) for part in _LONG.findall(_ADDRESS.sub(" ", line))):
        return "access_key"
    return None


def _is_placeholder(text: str) -> bool:
    return _PLACEHOLDER.search(text) is not None or len(set(text)) < 4


def _is_secret(value: str) -> bool:
    """Whether what follows a word such as "password" is one: no placeholder, and no word of prose."""
    value = value.rstrip(".,;:!?")
    if len(value) < 6 or _is_placeholder(value):
        return False
    return any(char.isdigit() for char in value) or bool(re.search(r"\w[^\w\s.,'/()-]\w", value))


def _is_random(text: str) -> bool:
    """Whether a long string looks drawn by chance: letters of both cases and digits, mixed, in no words."""
    for part in (text, *_PATH.split(text)):
        kinds = [_kind(char) for char in part if char.isalnum()]
        if len(kinds) < 24 or len(set(kinds)) < 3:
            continue
        turns = sum(one != other for one, other in pairwise(kinds)) / (len(kinds) - 1)
        if turns >= _LEAST_TURNS and _bits(part) >= _LEAST_BITS:
            return True
    return False


def _kind(char: str) -> str:
    return "0" if char.isdigit() else "A" if char.isupper() else "a"


def _bits(text: str) -> float:
    """Return Shannon's entropy of the letters of *text*, in bits a letter."""
    counts = [text.count(char) for char in set(text)]
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)
