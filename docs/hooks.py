"""The manual as a site: the same documents, which link to files of the project as they do where the project lies.

MkDocs knows the folder `docs` only. What its pages link to outside of it (the README, the manifest, a default file)
is given a page here, and the links lead there. Nothing is fetched.
"""

import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path, PurePosixPath
from posixpath import relpath
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify  # type: ignore[import-untyped]

LINK: Final = re.compile(r"(?<=\]\()(?P<target>[^)\s#:]+)(?P<anchor>#[^)\s]*)?(?=\))")
_FENCE: Final = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_ITEM: Final = re.compile(r"^(?P<indent> *)(?P<mark>[-*]|\d+\.) ")
_PICTURE: Final = re.compile(r'<img [^>]*src="(?P<source>[^"]+)"[^>]*>')
_MARK_WIDTH: Final = 4  # what the site's Markdown wants below an item; where the project lies it is the mark's own
# What is shown as it is, by the ending of its name; another is shown as text.
_LANGUAGES: Final = {".yml": "yaml", ".yaml": "yaml", ".toml": "toml", ".json": "json", ".service": "ini"}
_PROJECT: Final = "project/"


def on_config(config: MkDocsConfig) -> None:
    """Name headings as they are named where the project lies, so that a link to one leads there in both."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = slugify(case="lower")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file of the project that a page links to, and for those that these link to."""
    root = Path(config.docs_dir).parent
    pages = [(f"docs/{file.src_uri}", file.content_string) for file in files.documentation_pages()]
    seen: set[str] = set()
    while pages:
        path, text = pages.pop()
        for target in _outside(path, text):
            if target in seen or not (root / target).is_file():
                continue
            seen.add(target)
            content = (root / target).read_text("utf-8")
            files.append(File.generated(config, _page_of(target), content=_shown(target, content)))
            if target.endswith(".md"):
                pages.append((target, content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to the pages made above, and give lists the indents that the site's Markdown wants."""
    path = _path_of(page.file.src_uri, Path(config.docs_dir).parent)
    return indented(linked(markdown, path, page.file.src_uri))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let a press on a picture show it at its full size: the column of text is narrower."""
    return _PICTURE.sub(r'<a href="\g<source>">\g<0></a>', html)


def linked(markdown: str, path: str, page: str) -> str:
    """Return the text of the project's file *path* with its links as *page* of the site has them."""

    def lead(match: re.Match[str]) -> str:
        target = _resolved(path, match["target"])
        there = target.removeprefix("docs/") if target.startswith("docs/") else _page_of(target)
        return relpath(there, PurePosixPath(page).parent.as_posix()) + (match["anchor"] or "")

    parts = _FENCE.split(markdown)
    fences = [*_FENCE.findall(markdown), ""]
    return "".join(LINK.sub(lead, prose) + fence for prose, fence in zip(parts, fences, strict=True))


def indented(markdown: str) -> str:
    """Return the text with four spaces below each item of a list, in the place of its mark's width."""
    lines, widths = [], list[int]()
    for line in markdown.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        if line.strip():
            while widths and indent < sum(widths):
                widths.pop()
        item = _ITEM.match(line)
        lines.append(" " * _MARK_WIDTH * len(widths) + line[sum(widths) :] if line.strip() else line)
        if item and indent == sum(widths):
            widths.append(len(item["mark"]) + 1)
    return "\n".join(lines)


def _outside(path: str, text: str) -> Iterator[str]:
    """Yield the files of the project outside `docs` that the Markdown of *path* links to."""
    for match in LINK.finditer(_FENCE.sub("", text)):
        target = _resolved(path, match["target"])
        if not target.startswith(("docs/", "../")):
            yield target


def _resolved(path: str, target: str) -> str:
    return normpath((PurePosixPath(path).parent / target).as_posix())


def _page_of(path: str) -> str:
    """Return the page of a file outside `docs`."""
    return f"{_PROJECT}{path}" if path.endswith(".md") else f"{_PROJECT}{path}.md"


def _path_of(page: str, root: Path) -> str:
    """Return which file of the project a page's text is from."""
    if not page.startswith(_PROJECT):
        return f"docs/{page}"
    path = page.removeprefix(_PROJECT)
    return path if (root / path).is_file() else path.removesuffix(".md")


def _shown(path: str, content: str) -> str:
    """Return what a page says of a file: Markdown as it is, another file word for word."""
    if path.endswith(".md"):
        return content
    language = _LANGUAGES.get(PurePosixPath(path).suffix, "text")
    return f"# {PurePosixPath(path).name}\n\n`{path}`, as it is in the project.\n\n````{language}\n{content}\n````\n"
