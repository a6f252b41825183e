from flowdsl.ir.prompt import FromFile, FromSession, FromStep, Prompt, Static, Template


def test_the_variables_of_a_prompt_are_those_of_all_its_parts_each_once_and_sorted() -> None:
    prompt = Prompt(
        user=(
            Static("x"),
            Template("{{ b }}{{ a }}", ("a", "b")),
            FromStep("draft"),
            FromFile("f"),
        ),
        system=(Template("{{ a }}{{ topic }}", ("a", "topic")), FromSession("s")),
    )

    assert prompt.variables == ("a", "b", "draft", "topic")
    assert Prompt((Static("x"),)).variables == ()
