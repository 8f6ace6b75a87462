"""How `make docs` turns this folder into a site.

Sphinx, because it is kept well, reads docstrings and needs no network: neither to build nor to
look at what it has built. Nothing but the standard library is imported at the top, so that
reading this file costs nothing.
"""

from fitscope import __version__

project = "fitscope"
author = "fitscope's authors"
release = version = __version__

WIDTH = 92  # columns of a help text

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
templates_path = []
exclude_patterns = []

myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

default_role = "code"  # docstrings put names between single backquotes
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"fitscope {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which a browser forbids on file://
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5cad", "color-brand-content": "#0b5cad"},
    "dark_css_variables": {"color-brand-primary": "#7ab8ff", "color-brand-content": "#7ab8ff"},
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"

# what stands outside this folder and is shown as a page of the site
OUTSIDE = {
    "](../benchmarks/README.md": "](benchmarks.md",
    "](../CHANGELOG.md": "](changelog.md",
    "](../README.md": "](index.md",
}


def page_source(app, docname, source):
    """Links between the project's files become links between pages; commands describe themselves.

    Args:
        app: Sphinx.
        docname: page that is being read.
        source: list of one text, changed in place.
    """
    del app
    text = source[0]
    for outside, page in OUTSIDE.items():
        text = text.replace(outside, page)
    source[0] = text + commands() if docname == "commands" else text


def commands():
    """What `fitscope --help` and the help of each of its commands say, as Markdown."""
    import click

    from fitscope.cli.main import app

    def described(command, name, above=None):
        settings = {**command.context_settings, "terminal_width": WIDTH}
        context = click.Context(command, above, name, **settings)
        title = "" if above is None else f"## `{context.command_path}`\n\n"
        yield f"{title}```text\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            for part in command.list_commands(context):
                yield from described(command.get_command(context, part), part, context)

    return "\n" + "\n".join(described(app, "fitscope"))


def setup(app):
    """Sphinx calls this."""
    app.connect("source-read", page_source)
