"""Names that users choose for steps, pipelines and regions: they become ids and parts of addresses."""

from __future__ import annotations

from flowdsl.dsl.handles import refuse_as_options
from flowdsl.dsl.places import here
from flowdsl.errors.tracing import OptionError


def label_for(where: str, name: object, own: str) -> str:
    """The chosen name, or the thing's own where none was chosen.

    Raises:
        OptionError: The name is no text, is empty, or holds a slash or what can't be printed.
    """
    return own if name is None else checked_name(where, name)


def checked_name(where: str, name: object) -> str:
    """A name that may become an id.

    Raises:
        OptionError: It is no text, is empty, or holds a slash or what can't be printed.
    """
    refuse_as_options(where, {"name": name})
    if not isinstance(name, str):
        wrong = "is not a name: it is no text"
    elif not name.strip() or "/" in name:
        wrong = "is not a name: it is empty or holds a '/'"
    elif not name.isprintable():
        wrong = "is not a name: it holds what can't be printed"
    else:
        return name
    shown = name if isinstance(name, str) and name.isprintable() else repr(name)
    raise OptionError(where, shown, wrong, advice="use letters, digits, '_' and '-'.", place=here())
