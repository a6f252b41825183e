"""Prompts: templates read and checked, values shown to models, replies read back."""

from flowdsl.prompts.media import Document, Image
from flowdsl.prompts.normal_form import normalise
from flowdsl.prompts.render import Rendered, render, render_text
from flowdsl.prompts.template import check_variables, load_template, parse_template

__all__ = [
    "Document",
    "Image",
    "Rendered",
    "check_variables",
    "load_template",
    "normalise",
    "parse_template",
    "render",
    "render_text",
]
