"""How the documentation is built: ``tox -e docs``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Flask-Foo"
author = "The Flask-Foo developers"
project_copyright = "the Flask-Foo developers"

extensions = ["myst_parser", "sphinx.ext.autodoc", "diagrams", "live"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

highlight_language = "none"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

# Links to the documentation of others need the net, which a build does without.
if os.environ.get("DOCS_ONLINE"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "flask": ("https://flask.palletsprojects.com/en/stable/", None),
        "python": ("https://docs.python.org/3/", None),
        "sqlalchemy": ("https://docs.sqlalchemy.org/en/20/", None),
        "wtforms": ("https://wtforms.readthedocs.io/en/stable/", None),
    }

pygments_dark_style = "github-dark"
html_theme = "furo"
html_title = "Flask-Foo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#8a3b12",
        "color-brand-content": "#8a3b12",
    },
    "dark_css_variables": {
        "color-brand-primary": "#f0b27a",
        "color-brand-content": "#f0b27a",
    },
}
