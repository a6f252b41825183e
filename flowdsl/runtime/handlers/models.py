"""Asking a model: render, call, read, and ask again with what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from flowdsl.errors.asking import (
    MediaUnsupportedError,
    RepliesRejectedError,
    SettingDroppedError,
)
from flowdsl.errors.prompts import ReplyMismatchError
from flowdsl.events.records import Warned
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.prompts.render import render
from flowdsl.prompts.structured import read_reply, repair_message, request_schema
from flowdsl.providers import Request
from flowdsl.runtime.attempts import Call, call_of, told, whole_reply
from flowdsl.runtime.fitting import fitted
from flowdsl.runtime.handlers.data import named
from flowdsl.runtime.ops import At, Mode, Op
from flowdsl.runtime.shown_media import port_showing
from flowdsl.runtime.workspace import reader_of

if TYPE_CHECKING:
    from flowdsl.ir.model_nodes import Generate


def make_generate(op: Op, node: Generate, slots: dict[str, int]) -> None:
    """Make a model call's op."""
    op.mode = Mode.HANDLE
    op.handle = _Asking(node, slots).ask


class _Asking:
    """What is settled about a model call before it runs."""

    def __init__(self, node: Generate, slots: dict[str, int]) -> None:
        self.node = node
        self.slots = slots

    @cached_property
    def schema(self) -> dict[str, object] | None:
        return request_schema(self.node.output)

    async def ask(self, at: At) -> object:
        """Ask until an answer is of the declared type, or the repairs are used up."""
        node, context, op = self.node, at.execution.context, at.op
        call = call_of(at, context.models(node.model))
        values = named(at.frame.values, self.slots)
        rendered = render(
            node.prompt,
            values,
            read_file=reader_of(context.workspace),
            mark_fixed=node.cache is not None,
        )
        messages = rendered.messages
        _refuse_unseen(call, messages, values)
        tries, number = node.policy.repairs + 1, 0
        while True:
            number += 1
            request = self._request(call, rendered.system, messages)
            answered = await whole_reply(call, request)
            reply = answered.reply
            _warn_once(call, reply.notes)
            try:
                value = read_reply(node.output, reply.text)
            except ReplyMismatchError as error:
                told(call, answered, accepted=False)
                if number == tries:
                    raise RepliesRejectedError(
                        op.id,
                        call.model.full_name,
                        tries,
                        error.message,
                        said=reply.text,
                        place=op.place,
                    ) from error
                messages = (
                    *messages,
                    _turn("assistant", reply.text),
                    _turn("user", repair_message(error)),
                )
            else:
                told(call, answered, accepted=True)
                return value

    def _request(self, call: Call, system: str, messages: tuple[Message, ...]) -> Request:
        node = self.node
        sent = fitted(node, call.model)
        if sent.dropped:
            dropped = SettingDroppedError(
                node.label, sent.dropped, call.model.full_name, place=call.at.op.place
            )
            _warn_once(call, (dropped.as_sentences,), dropped.code)
        return Request(
            model=call.model.name,
            messages=messages,
            system=system,
            schema=self.schema,
            max_tokens=node.max_tokens,
            temperature=sent.temperature,
            effort=sent.effort,
            thinking=sent.thinking,
            cache=node.cache,
            seed=call.at.execution.context.seed,
            timeout_s=node.policy.timeout_s,
            step=node.label,
            path=call.at.path,
        )


def _warn_once(call: Call, sentences: tuple[str, ...], code: str = "") -> None:
    """What is the same at every call of a node is told at its first."""
    execution = call.at.execution
    for sentence in sentences:
        if (call.at.op, sentence) not in execution.told:
            execution.told.add((call.at.op, sentence))
            execution.note(Warned(call.at.now, call.at.path, code, sentence))


def _refuse_unseen(call: Call, messages: tuple[Message, ...], values: Mapping[str, object]) -> None:
    """A document may be plain text or not; only now it is known, and still nothing was sent."""
    shown = {part.kind for each in messages for part in each.parts if isinstance(part, MediaPart)}
    can = call.model.can
    if not shown or can is None:
        return
    for kind, is_seen in (("image", can.images), ("document", can.documents)):
        if kind in shown and not is_seen:
            op = call.at.op
            port = port_showing(values, kind) or "prompt"
            raise MediaUnsupportedError(op.id, port, kind, call.model.full_name, place=op.place)


def _turn(role: str, text: str) -> Message:
    return Message("assistant" if role == "assistant" else "user", (TextPart(text),))
