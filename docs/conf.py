"""The site: `make docs` builds it into build/docs, without network; a warning is an error."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import symicl

project = "symicl"
author = "the symicl developers"
copyright = author
release = symicl.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "mathml",
    "folded",
    "repository_links",
    "catalogue_pages",
    "reference_pages",
]
exclude_patterns = ["_extensions", "notebooks"]
nitpicky = True

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4

autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = "symicl"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["symicl.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5a8a", "color-brand-content": "#0b5a8a"},
    "dark_css_variables": {"color-brand-primary": "#7cc4ee", "color-brand-content": "#7cc4ee"},
}
