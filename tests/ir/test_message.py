from flowdsl.ir.message import MediaPart, Message, TextPart


def test_the_text_of_a_message_leaves_out_its_media() -> None:
    message = Message(
        "user", (TextPart("a "), MediaPart("image", "image/png", b"\x89"), TextPart("b"))
    )

    assert message.text == "a b"


def test_content_stays_out_of_the_repr() -> None:
    shown = repr(MediaPart("document", "application/pdf", b"%PDF-secret", "x.pdf"))

    assert "secret" not in shown
    assert "x.pdf" in shown
