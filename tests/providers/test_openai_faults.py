"""What servers say of their faults is told as kinds that the runtime knows."""

import pytest

from flowdsl.providers.openai_faults import Fault, fault_in, told
from flowdsl.providers.openai_hosts import host_at

OPENAI = host_at(None)
OLLAMA = host_at("http://localhost:11434/v1")
VLLM = host_at("http://10.0.0.5:8000/v1")

SAID: dict[str, tuple[int, object, str]] = {
    "openai, no money": (
        429,
        {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}},
        "spend_limit",
    ),
    "openai, too fast": (
        429,
        {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}},
        "rate_limit",
    ),
    "openai, too long": (
        400,
        {"error": {"message": "Too long", "code": "context_length_exceeded"}},
        "context_overflow",
    ),
    "openai, no such model": (
        404,
        {"error": {"message": "The model `x` does not exist", "code": "model_not_found"}},
        "unknown_model",
    ),
    "openai, wrong key": (
        401,
        {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}},
        "authentication",
    ),
    "openai, bad schema": (
        400,
        {"error": {"message": "Invalid schema", "type": "invalid_request_error", "code": None}},
        "bad_request",
    ),
    "openai, at its limit": (503, {"error": {"message": "overloaded"}}, "overloaded"),
    "vllm, too long": (
        400,
        {"object": "error", "message": "maximum context length is 4096", "code": 400},
        "context_overflow",
    ),
    "vllm, no such model": (
        404,
        {"error": {"message": "The model `x` does not exist.", "type": "NotFoundError"}},
        "unknown_model",
    ),
    "llama.cpp, too long": (
        400,
        {"error": {"code": 400, "message": "exceeds", "type": "exceed_context_size_error"}},
        "context_overflow",
    ),
    "llama.cpp, loading": (503, {"error": {"message": "Loading model", "code": 503}}, "overloaded"),
    "llama.cpp, no vectors": (
        501,
        {"error": {"code": 501, "message": "Start it with", "type": "not_supported_error"}},
        "bad_request",
    ),
    "llama.cpp, no pictures": (
        500,
        {"error": {"code": 500, "message": "image input is not supported", "type": "server_error"}},
        "bad_request",
    ),
    "ollama, no such model": (404, {"error": "model 'x' not found"}, "unknown_model"),
    "lm studio, no such model": (400, {"error": "Model x is not loaded"}, "unknown_model"),
    "openrouter, no money": (
        402,
        {"error": {"code": 402, "message": "Insufficient credits"}},
        "spend_limit",
    ),
    "openrouter, in a success": (
        200,
        {"error": {"code": 502, "message": "Provider returned error"}},
        "server",
    ),
    "openrouter, too fast in a success": (
        200,
        {"error": {"code": 429, "message": "Slow down"}},
        "rate_limit",
    ),
    "openrouter, flagged": (
        403,
        {"error": {"code": 403, "message": "Flagged", "metadata": {"reasons": ["violence"]}}},
        "refusal",
    ),
    "openrouter, inside a choice": (
        200,
        {"choices": [{"error": {"code": 503, "message": "down"}, "finish_reason": "error"}]},
        "overloaded",
    ),
    "a framework, no such route": (404, {"detail": "Not Found"}, "unknown_model"),
    "nothing but an error": (200, {"error": {"message": "broken"}}, "server"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_fault_is_told_by_its_code_its_status_and_its_words(name: str) -> None:
    status, said, kind = SAID[name]

    fault = fault_in(said, status)

    assert fault is not None
    assert told(fault, OPENAI, "x").kind == kind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "server_error", "authentication"),
        (404, "invalid_request_error", "unknown_model"),
        (413, "invalid_request_error", "context_overflow"),
        (503, "server_error", "overloaded"),
        (500, "invalid_request_error", "bad_request"),
        (400, "server_error", "server"),
        (400, "rate_limit_exceeded", "rate_limit"),
    ],
)
def test_a_status_tells_more_than_a_code_that_servers_write_of_all(
    status: int, code: str, kind: str
) -> None:
    assert told(Fault("no", (code,), status), OPENAI, "x").kind == kind


@pytest.mark.parametrize(
    "said", [{}, {"error": None}, {"choices": []}, {"choices": [{"index": 0}]}, [], "text", None]
)
def test_what_holds_no_error_is_no_fault(said: object) -> None:
    assert fault_in(said, 200) is None


def test_a_model_that_ollama_lacks_is_to_be_pulled() -> None:
    error = told(Fault("model 'qwen3' not found", status=404), OLLAMA, "qwen3")

    assert error.help.startswith("run `ollama pull qwen3`")
    assert "pull" in told(Fault("model not found, try pulling it first"), VLLM, "q").help


def test_other_servers_list_their_models() -> None:
    error = told(Fault("The model `q` does not exist.", status=404), VLLM, "q")

    assert error.help == "http://10.0.0.5:8000/v1/models lists what is there."


def test_a_route_that_is_not_there_points_at_the_address() -> None:
    error = told(Fault("404 page not found", status=404), VLLM, "q")

    assert "whether http://10.0.0.5:8000/v1 is where the routes begin" in error.help


@pytest.mark.parametrize(
    ("status", "cure"), [(401, "OPENAI_API_KEY"), (403, "flowdsl login"), (402, "add credit")]
)
def test_the_cure_is_named(status: int, cure: str) -> None:
    assert cure in told(Fault("no", status=status), OPENAI, "q").help


def test_the_message_names_server_status_and_words_and_is_no_novel() -> None:
    error = told(Fault("a\n  b " * 200, status=500), OPENAI, "q")

    assert error.message.startswith("https://api.openai.com/v1 said (HTTP 500): a b a b")
    assert len(error.message) < 400
    assert error.kind == "server"


def test_waiting_time_and_billed_tokens_are_kept() -> None:
    error = told(
        Fault("slow", status=429),
        OPENAI,
        "q",
        headers={"retry-after": "7"},
        billed={"input_tokens": 3},
    )

    assert (error.retry_after_s, dict(error.billed)) == (7.0, {"input_tokens": 3})
