"""The operator's list of customers' names, from the file that the policy names."""

from pathlib import Path

from bot.domain.use_cases.scan import NO_CUSTOMERS, CustomerNames, customer_names
from bot.errors import ConfigError


def load_customer_names(file: str) -> CustomerNames:
    """Read the names, one a line; none where no *file* is named. Raises ConfigError when it cannot be read."""
    if not file:
        return NO_CUSTOMERS
    try:
        return customer_names(Path(file).read_text("utf-8-sig"))
    except OSError as error:
        said = error.strerror
    except UnicodeDecodeError:
        said = "it is not UTF-8"
    raise ConfigError(f"POLICY_FILE: [use_cases] customer_names_file: {file} cannot be read: {said}")
