"""The events of a streamed answer, gathered into the message they tell of."""

from __future__ import annotations

from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic_reply import usage_of
from flowdsl.providers.json_schema import is_schema


class Gathered:
    """What has arrived so far of one message."""

    def __init__(self) -> None:
        self._message: dict[str, object] = {}
        self._usage: dict[str, object] = {}
        self._blocks: dict[object, dict[str, object]] = {}
        self._texts: dict[object, list[str]] = {}

    @property
    def has_begun(self) -> bool:
        """Whether the message's first event was there."""
        return "type" in self._message

    @property
    def usage(self) -> Usage | None:
        """Tokens told so far; `None` before the first are."""
        return usage_of(self._usage)

    def take(self, event: object) -> str:
        """Add an event; gives the text it brings, which may be empty."""
        if not is_schema(event):
            return ""
        match event.get("type"):
            case "message_start" if is_schema(message := event.get("message")):
                self._message = {**message}
                self._count(message.get("usage"))
            case "content_block_start" if is_schema(block := event.get("content_block")):
                self._blocks[repr(event.get("index"))] = {**block}
                return self._add(event, block)
            case "content_block_delta" if is_schema(delta := event.get("delta")):
                if delta.get("type") == "text_delta":
                    return self._add(event, delta)
            case "message_delta":
                self._count(event.get("usage"))
                if is_schema(end := event.get("delta")):
                    self._message |= end
            case _:
                pass
        return ""

    def whole(self) -> dict[str, object]:
        """The message, as a call without a stream gives it; without an end when none has come."""
        blocks: list[object] = []
        for index, block in self._blocks.items():
            texts = self._texts.get(index)
            blocks.append({**block, "text": "".join(texts)} if texts else block)
        return {**self._message, "content": blocks, "usage": self._usage}

    def _add(self, event: object, holder: object) -> str:
        """Keep the text of a block or of an addition to it."""
        text = holder.get("text") if is_schema(holder) else None
        if not is_schema(event) or not isinstance(text, str) or not text:
            return ""
        index = repr(event.get("index"))
        self._blocks.setdefault(index, {"type": "text"})
        self._texts.setdefault(index, []).append(text)
        return text

    def _count(self, usage: object) -> None:
        """Later counts stand in place of earlier ones; a `null` takes none back."""
        if is_schema(usage):
            self._usage |= {name: value for name, value in usage.items() if value is not None}
