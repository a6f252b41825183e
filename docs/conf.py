"""How the site is built: MyST pages, the Furo theme, nothing fetched from the network."""

from importlib.metadata import version as installed_version

project = "flowdsl"
author = "The flowdsl authors"
project_copyright = "2026, The flowdsl authors"
version = release = installed_version("flowdsl")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "changes", "tutorials/demo"]
nitpicky = True

myst_heading_anchors = 4  # the anchors a reader of the repository gets, too
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]

html_theme = "furo"
html_title = f"flowdsl {release}"
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
