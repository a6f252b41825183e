"""Events gathered into a message; broken streams have their tests where they are asked for."""

from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic_stream import Gathered
from tests.providers.anthropic_double import Json, events_of

MESSAGE: Json = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-5-5",
    "content": [
        {"type": "thinking", "thinking": "", "signature": "x"},
        {"type": "text", "text": "Two words"},
        {"type": "text", "text": ""},
        {"type": "text", "text": " more"},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "stop_details": None,
    "usage": {"input_tokens": 3, "cache_read_input_tokens": 5, "output_tokens": 9},
}


def test_a_stream_gives_the_message_of_a_whole_call() -> None:
    gathered = Gathered()

    texts = [gathered.take(event) for event in events_of(MESSAGE)]

    assert gathered.whole() == MESSAGE
    assert [text for text in texts if text] == ["Two", " words", " more"]


def test_nothing_has_begun_before_the_first_event() -> None:
    gathered = Gathered()

    useless: list[object] = [None, [], {}, {"type": "ping"}, {"type": "message_start"}]
    for event in [*useless, *events_of(MESSAGE)[1:]]:
        gathered.take(event)
        assert not gathered.has_begun

    gathered.take(events_of(MESSAGE)[0])
    assert gathered.has_begun


def test_tokens_are_known_as_soon_as_they_are_told() -> None:
    gathered = Gathered()
    assert gathered.usage is None

    gathered.take(events_of(MESSAGE)[0])
    assert gathered.usage == Usage(calls=1, input_tokens=8, output_tokens=1, cache_read_tokens=5)

    end = {"input_tokens": None, "output_tokens": 9}
    gathered.take({"type": "message_delta", "delta": None, "usage": end})
    assert gathered.usage == Usage(calls=1, input_tokens=8, output_tokens=9, cache_read_tokens=5)


def test_text_that_comes_with_a_block_or_without_one_is_not_lost() -> None:
    gathered = Gathered()
    block = {"type": "text", "text": "a"}
    delta = {"type": "text_delta", "text": "b"}
    thought = {"type": "thinking_delta", "thinking": "hm"}

    given = [
        gathered.take({"type": "content_block_start", "index": 0, "content_block": block}),
        gathered.take({"type": "content_block_delta", "index": 0, "delta": delta}),
        gathered.take({"type": "content_block_delta", "index": 1, "delta": delta}),
        gathered.take({"type": "content_block_delta", "index": 2, "delta": thought}),
    ]

    assert given == ["a", "b", "b", ""]
    assert gathered.whole()["content"] == [
        {"type": "text", "text": "ab"},
        {"type": "text", "text": "b"},
    ]
