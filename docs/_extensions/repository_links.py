"""Links of pages that are read in the repository as well as on the site."""

import posixpath
import re

LINK = re.compile(r"\[([^\]\n]*)\]\(([^)#:\s]+)(#[^)\s]*)?\)")
PAGES = {"CONTRIBUTING.md": "project/contributing", "CHANGELOG.md": "project/changelog", "README.md": "index"}
"""Files of the repository that are pages of the site."""

SHOWN = {"project/contributing": "CONTRIBUTING.md", "project/changelog": "CHANGELOG.md"}


def read(app, docname, source):
    """Links to files outside of docs/ lead to their pages; where there is none, the name is shown."""
    if docname in SHOWN:
        path = SHOWN[docname]
        source[0] = (app.srcdir.parent / path).read_text()
    else:
        path = f"docs/{docname}.md"
    here = posixpath.dirname(path)

    def link(match):
        text, target, anchor = match.group(1), match.group(2), match.group(3) or ""
        resolved = posixpath.normpath(posixpath.join(here, target))
        if resolved in PAGES:
            return f"[{text}](/{PAGES[resolved]}.md{anchor})"
        if resolved.startswith("docs/"):
            return f"[{text}](/{resolved.removeprefix('docs/')}{anchor})"
        return f"{text} (`{resolved}`)"

    parts = re.split(r"(^```.*?^```$)", source[0], flags=re.M | re.S)
    parts[::2] = [LINK.sub(link, part) for part in parts[::2]]
    # doctest wants an empty line after the output; readers do not.
    parts[1::2] = [re.sub(r"\n+```$", "\n```", part) for part in parts[1::2]]
    source[0] = "".join(parts)


def setup(app):
    """Rewrite the links as the pages are read."""
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
