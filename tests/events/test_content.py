"""What models are asked, as data."""

from __future__ import annotations

import json

from flowdsl.events.content import spoken
from flowdsl.ir.message import MediaPart, Message, TextPart


def test_turns_are_roles_and_parts_and_bytes_stay_out() -> None:
    turns = spoken(
        (
            Message(
                "user",
                (
                    TextPart("Look:"),
                    MediaPart("image", "image/png", b"secret", "a.png"),
                    MediaPart("document", "application/pdf", b"pdf"),
                ),
            ),
            Message("assistant", (TextPart("A cat."),)),
        )
    )

    assert json.loads(json.dumps(turns)) == [
        {
            "role": "user",
            "parts": [
                {"type": "text", "content": "Look:"},
                {"type": "image", "mime_type": "image/png", "size": 6, "name": "a.png"},
                {"type": "document", "mime_type": "application/pdf", "size": 3},
            ],
        },
        {"role": "assistant", "parts": [{"type": "text", "content": "A cat."}]},
    ]
