"""`flowdsl doctor`: what is installed, which keys there are, which models are ready, where settings come from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated

import typer

from flowdsl.cli.answers import DONE, WRONG, Answer, command, plain, to_line
from flowdsl.cli.arguments import AsJson
from flowdsl.cli.cloud import Cloud, can, cloud_document, cloud_text, clouds
from flowdsl.cli.tables import table
from flowdsl.errors.asking import NoModelError
from flowdsl.errors.base import FlowError, near
from flowdsl.errors.redaction import redact, redact_in

if TYPE_CHECKING:
    from flowdsl.config import Loaded, Settings
    from flowdsl.ir.ids import ModelName
    from flowdsl.runtime.context import FindsModels


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of flowdsl that is installed when asked for."""

    name: str
    package: str
    """The distribution that shows it is there."""
    version: str | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a model could answer now."""

    name: str
    """An alias, a model's full name, or `(default)`."""
    model: str | None
    """What it stands for; `None` when nothing is set."""
    wrong: str | None
    """Why it could not; `None` when it could."""
    can: str = ""
    """What it can do, in words."""


DEFAULT = "(default)"
"""The default model's row."""
EXTRAS: Mapping[str, str] = {
    "library": "flowdsl-library",
    "local": "xllamacpp",
    "notebook": "ipykernel",
    "otel": "opentelemetry-exporter-otlp-proto-http",
    "testing": "syrupy",
}
"""Extra → the distribution that shows it is there."""


@command
def doctor(
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Ask each cloud provider with a free call.")
    ] = False,
    as_json: AsJson = False,  # noqa: ARG001 - read by `main`
) -> Answer:
    """Show what is ready, and all settings."""
    from flowdsl.config import Loaded, Settings, load

    problems: tuple[FlowError, ...] = ()
    try:
        loaded = load()
    except FlowError as error:
        problems = error.problems
        loaded = Loaded(Settings(), {}, None)
    try:
        found = clouds(loaded.settings, online=online)
    except FlowError as error:
        problems, found = (*problems, *error.problems), []
    extras, models = list(extras_found()), list(readiness(loaded.settings, found))
    code = WRONG if problems else DONE
    document = _document(loaded, extras, models, problems)
    return Answer(
        redact(_text(loaded, extras, models, problems, cloud_text(found, online=online))),
        {**document, "providers": redact_in(cloud_document(found))},
        code=code,
    )


def extras_found() -> Iterator[Extra]:
    """Every extra, and which version of it is installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    for name, package in EXTRAS.items():
        try:
            yield Extra(name, package, installed_version(package))
        except PackageNotFoundError:
            yield Extra(name, package, None)


def readiness(settings: Settings, found: Sequence[Cloud] = ()) -> Iterator[Readiness]:
    """The default model, every alias and every local model: could it answer now?

    Args:
        settings: What names them.
        found: Cloud providers; what was asked of them counts.
    """
    from flowdsl.config import FOLLOWING
    from flowdsl.engine import Models, Options
    from flowdsl.ir.ids import ModelName
    from flowdsl.providers.models import CATALOGUE

    find = Models(Options(settings=settings))
    known = {each.name: each for each in found}
    yield _asked(DEFAULT, None, find, settings.aliases, known)
    for name in dict.fromkeys(
        (*FOLLOWING, *settings.aliases, *(f"local:{each}" for each in CATALOGUE))
    ):
        yield _asked(name, ModelName(name), find, settings.aliases, known)


def _asked(
    name: str,
    model: ModelName | None,
    find: FindsModels,
    aliases: Mapping[str, str],
    known: Mapping[str, Cloud],
) -> Readiness:
    from flowdsl.providers import KnowsModels

    try:
        found = find(model)
    except FlowError as error:
        stands = None if isinstance(error, NoModelError) else aliases.get(name, name)
        return Readiness(name, stands, f"{error.message} {error.help}".strip())
    provider = found.provider
    if not isinstance(provider, KnowsModels):
        return Readiness(name, found.full_name, None)
    cloud = known.get(found.full_name.partition(":")[0])
    wrong = provider.unready(found.name) or (None if cloud is None else cloud.refuses(found.name))
    capabilities = provider.capabilities(found.name)
    return Readiness(
        name, found.full_name, wrong, "" if capabilities is None else can(capabilities)
    )


def _document(
    loaded: Loaded,
    extras: Sequence[Extra],
    models: Sequence[Readiness],
    problems: Sequence[FlowError],
) -> dict[str, object]:
    from platform import platform, python_version

    from flowdsl import __version__
    from flowdsl.config import unknown_variables

    return {
        "flowdsl": __version__,
        "python": python_version(),
        "executable": sys.executable,
        "platform": platform(),
        "extras": {each.name: each.version for each in extras},
        "models": [
            {
                "name": each.name,
                "model": each.model,
                "ready": each.wrong is None,
                "why": each.wrong,
                "can": each.can or None,
            }
            for each in models
        ],
        "settings_file": None if loaded.file is None else str(loaded.file),
        "settings": {
            name: {"value": redact_in(plain(value)), "from": weight, "where": where or None}
            for name, value, weight, where in _settings(loaded)
        },
        "unknown_variables": unknown_variables(os.environ),
        "problems": [problem.to_document() for problem in problems],
    }


def _settings(loaded: Loaded) -> Iterator[tuple[str, object, str, str]]:
    """Name, value, the source's weight, and where in it."""
    for each in fields(loaded.settings):
        origin = loaded.origins.get(each.name)
        value: object = getattr(loaded.settings, each.name)
        yield (
            each.name,
            value,
            origin.weight if origin else "default",
            origin.where if origin else "",
        )


def _text(
    loaded: Loaded,
    extras: Sequence[Extra],
    models: Sequence[Readiness],
    problems: Sequence[FlowError],
    providers: str,
) -> str:
    from platform import python_version

    from flowdsl import __version__

    parts = [
        f"flowdsl {__version__}, Python {python_version()}, {sys.executable}",
        table(("extra", "state"), [(each.name, _state(each)) for each in extras]),
        providers,
        "\n".join(
            [
                table(("model", "stands for", "state", "can"), [_row(each) for each in models]),
                *_reasons(models),
            ]
        ),
        _sources(loaded),
        *map(str, problems),
    ]
    return "\n\n".join(parts)


def _state(extra: Extra) -> str:
    if extra.version is None:
        return f'not installed: pip install "flowdsl[{extra.name}]"'
    return f"{extra.package} {extra.version}"


def _row(model: Readiness) -> tuple[str, str, str, str]:
    stands = model.model if model.model not in (None, model.name) else ""
    state = "ready" if model.wrong is None else "not set" if model.model is None else "not ready"
    return model.name, stands or "", state, model.can


def _reasons(models: Sequence[Readiness]) -> list[str]:
    """Why models are not ready, each reason once."""
    reasons = dict.fromkeys(each.wrong for each in models if each.wrong and each.model)
    unset = next((each.wrong for each in models if each.name == DEFAULT and each.wrong), None)
    return [f"  {reason}" for reason in dict.fromkeys((unset, *reasons)) if reason]


def _sources(loaded: Loaded) -> str:
    from flowdsl.config import KINDS, PREFIX, unknown_variables

    rows = [
        (name, "" if value is None else to_line(value), where or weight)
        for name, value, weight, where in _settings(loaded)
    ]
    file = "no settings file" if loaded.file is None else f"settings file {loaded.file}"
    unknown = [
        f"{name} is no setting: {near(name, [PREFIX + each.upper() for each in KINDS])}"
        for name in unknown_variables(os.environ)
    ]
    return "\n".join([table(("setting", "value", "from"), rows), "", file, *unknown])
