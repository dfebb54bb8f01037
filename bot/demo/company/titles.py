"""What finished work is called at Larkfield."""

from typing import Final

from bot.demo.company.draws import Draws

_ACTIONS: Final = (
    "Speed up {}",
    "Retry {} once",
    "Say why {} fails",
    "Test {} at its limits",
    "Move {} to the new client",
    "Log less in {}",
    "Make {} safe to run twice",
    "Tidy up {}",
    "Handle an empty answer in {}",
    "Cache {} for a minute",
    "Drop the old way into {}",
    "Document {}",
)
_THINGS: Final[dict[str, tuple[str, ...]]] = {
    "acme/payments": ("card refunds", "the payout export", "disputes", "3-D Secure", "partial captures", "wallets"),
    "acme/ledger": ("the month's close", "journal entries", "currency rounding", "the balance check", "settlements"),
    "acme/api": ("rate limits", "the webhook queue", "paging", "API keys", "request ids"),
    "acme/web": ("the checkout page", "card errors", "the receipt", "address search"),
    "acme/platform": ("service templates", "secret rotation", "the image build", "log shipping", "quotas"),
    "acme/ci": ("the flaky-test report", "test sharding", "the build cache", "merge checks", "runner images"),
    "acme/deploy": ("canary releases", "the rollback", "health checks", "the on-call page", "drain hooks"),
    "acme/ios": ("push messages", "offline mode", "the login screen", "photo upload", "widgets"),
    "acme/android": ("push messages", "offline mode", "the login screen", "deep links", "background sync"),
    "acme/data": ("the daily load", "the schema check", "late events", "the revenue model", "backfills"),
    "acme/site": ("the price page", "the cookie notice", "image sizes", "the sitemap", "form errors"),
    "acme/checkout": ("the basket", "vouchers", "address forms", "the last step", "guest orders"),
    "acme/search": ("ranking", "synonyms", "the index build", "facets", "typing errors"),
    "acme/checks": ("the smoke tests", "test data", "the nightly run", "contract tests", "screenshots"),
    "SUP": ("an invoice sent twice", "a locked account", "a refund that is late", "a wrong address", "a login loop"),
}
_DEPENDENCIES: Final = ("httpx", "pydantic", "sqlalchemy", "vite", "eslint", "gradle", "kotlin", "boto3", "redis")


def title_of(place: str, kind: str, draws: Draws, *name: object) -> str:
    """Return what an item of *place* is called."""
    things = _THINGS[place]
    thing = things[int(len(things) * draws.uniform("thing", *name))]
    if place == "SUP":
        return f"Customer reports {thing}"
    if kind == "ticket":
        return f"{thing[0].upper()}{thing[1:]}: find out what goes wrong"
    return _ACTIONS[int(len(_ACTIONS) * draws.uniform("action", *name))].format(thing)


def bump_of(draws: Draws, *name: object) -> str:
    """Return what a dependency bot calls its change."""
    dependency = _DEPENDENCIES[int(len(_DEPENDENCIES) * draws.uniform("dependency", *name))]
    minor = 1 + int(60 * draws.uniform("version", *name))
    return f"Bump {dependency} from 2.{minor} to 2.{minor + 1}"
