"""The organisation's report outside Slack: as text, and as one page that needs nothing from elsewhere."""

from importlib import resources

from bot.domain.period import long_day
from bot.domain.report.content import CompanyReport
from bot.views.blocks import visible
from bot.views.report_chart import bill_svg, curve_svg
from bot.views.report_words import BILL, CURVE, chapters_for_readers, title_of


def report_text(report: CompanyReport) -> str:
    """Return the report as plain text, a line an idea."""
    lines = [title_of(report), visible(report.company, 60), ""]
    for chapter in chapters_for_readers(report):
        lines += [chapter.heading, *(f"  {line.text}" for line in chapter.lines), ""]
    return "\n".join([*lines, *_small_print(report)])


def report_page(report: CompanyReport) -> str:
    """Return the report as HTML with its charts inside; whatever came from outside is escaped."""
    from jinja2 import Environment  # a bot that prints no page does without it

    source = resources.files("bot.views").joinpath("report_page.html").read_text("utf-8")
    page = Environment(autoescape=True).from_string(source)
    return page.render(
        title=title_of(report),
        company=visible(report.company, 60),
        chapters=chapters_for_readers(report),
        charts=_charts(report),
        small_print=_small_print(report),
    )


def _charts(report: CompanyReport) -> dict[str, list[str]]:
    charts = {}
    if report.bill is not None and report.bill.by_source:
        charts[BILL] = [bill_svg(report.bill)]
    if report.curve is not None:
        charts[CURVE] = [curve_svg(report.curve.curve)]
    return charts


def _small_print(report: CompanyReport) -> list[str]:
    sealed = report.log_mark
    mark = f" Log mark of {long_day(sealed.day)}: {sealed.mark}." if sealed else ""
    return [
        "From invoices, repositories and people who chose to be counted; very large single amounts count in part. "
        "No figure is about a person.",
        f"Released once and not changed afterwards. Policy {report.policy_mark or 'unknown'}.{mark}",
    ]
