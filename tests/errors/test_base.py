"""The root of the error tree, and laws over all of its leaves."""

import pytest

import flowdsl.errors
from flowdsl.errors import FlowError, ManyProblemsError, Place, raise_all
from flowdsl.errors.base import near

AT = Place("review.py", 7, 3, "audit", "  shout( 3 ) ")


def leaves() -> list[type[FlowError]]:
    found = [getattr(flowdsl.errors, name) for name in flowdsl.errors.__all__]
    return [each for each in found if isinstance(each, type) and issubclass(each, FlowError)]


def test_every_error_has_a_code_of_its_own() -> None:
    codes: dict[str, str] = {}
    for error in leaves():
        own = vars(error).get("code")
        if own is not None:
            assert codes.setdefault(own, error.__name__) == error.__name__
            assert own.startswith("FD")
            assert len(own) == 5

    assert len(codes) > 80


def test_every_error_is_explained() -> None:
    for error in leaves():
        doc = error.__doc__ or ""
        assert doc.split("\n", maxsplit=1)[0].rstrip().endswith((".", ":")), error.__name__


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place("a.py", 3), "a.py:3"),
        (Place("a.py", 3, 4), "a.py:3:4"),
        (Place("a.py", 3, None, "audit"), "a.py:3, in audit"),
        (Place("cell In[2]", 1, 9, "audit", "x"), "cell In[2]:1:9, in audit"),
    ],
)
def test_a_place_is_read_as_editors_read_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_an_error_says_what_where_and_what_instead() -> None:
    error = FlowError("it broke.", place=AT, help="mend it.")

    assert str(error) == (
        "FD000: it broke.\n  at review.py:7:3, in audit\n     shout( 3 )\n  help: mend it."
    )
    assert str(FlowError("it broke.")) == "FD000: it broke."
    assert str(FlowError("it broke.", place=Place("a.py", 1))) == "FD000: it broke.\n  at a.py:1"


def test_an_error_is_a_document_too() -> None:
    assert FlowError("it broke.", place=AT, help="mend it.").to_document() == {
        "code": "FD000",
        "message": "it broke.",
        "path": "review.py",
        "line": 7,
        "column": 3,
        "help": "mend it.",
    }
    assert FlowError("it broke.").to_document() == {
        "code": "FD000",
        "message": "it broke.",
        "path": None,
        "line": None,
        "column": None,
        "help": None,
    }


def test_many_problems_are_listed_flat_and_counted() -> None:
    first, second, third = FlowError("a."), FlowError("b."), FlowError("c.")
    many = ManyProblemsError((ManyProblemsError((first, second)), third))

    assert many.problems == (first, second, third)
    assert str(many) == "FD100: 3 problems were found.\n\nFD000: a.\n\nFD000: b.\n\nFD000: c."
    assert many.to_document()["problems"] == [each.to_document() for each in many.problems]
    assert first.problems == (first,)


def test_nothing_one_thing_or_everything_is_raised() -> None:
    one, other = FlowError("a."), FlowError("b.")

    raise_all([])
    with pytest.raises(FlowError) as caught:
        raise_all([one])
    assert caught.value is one
    with pytest.raises(ManyProblemsError) as both:
        raise_all([one, other])
    assert both.value.problems == (one, other)


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("retry", ["retries", "model"], "did you mean 'retries'?"),
        ("mark", ["park", "bark", "xy"], "did you mean 'park' or 'bark'?"),
        ("x", ["alpha", "beta"], "known: 'alpha', 'beta'."),
        ("x", [], ""),
    ],
)
def test_near_names_are_offered(name: str, known: list[str], said: str) -> None:
    assert near(name, known) == said


def test_long_lists_are_cut() -> None:
    assert near("?", [f"name_{n}" for n in range(20)]).count("'") == 24


def test_a_notebook_shows_the_error_itself() -> None:
    shown = FlowError("it broke.", help="mend it.")._render_traceback_()  # pyright: ignore[reportPrivateUsage] - as IPython calls it

    assert "it broke." in "\n".join(shown)
