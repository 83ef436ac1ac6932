"""A language model on loopback that does what a marker in the prompt says; it speaks OpenAI's streaming protocol.

Markers stand in the user's last message: [[ok]], [[401]] or [[400]] (that status), [[500]] (always) or [[500 2]]
(twice, then text), [[quota]] (429, what the account may use is used up), [[bash COMMAND]], [[question]],
[[task PROMPT]] (a subagent with that prompt, which may hold a marker of its own), [[slow SECONDS]] (text, later).
"""

import json
import re
import threading
from collections import Counter
from typing import Any

from support.faulty import Behaviour, Exchange, FaultyServer, answer_json

MARKER = re.compile(r"\[\[(\w+)(?: (.*))?\]\]", re.DOTALL)
MODEL = "fake-model"
# As OpenAI says it: https://platform.openai.com/docs/guides/error-codes
QUOTA = {
    "message": "You exceeded your current quota, please check your plan and billing details.",
    "type": "insufficient_quota",
    "code": "insufficient_quota",
}


class FakeModel(FaultyServer):
    """The server; `requests` holds what opencode asked."""

    def __init__(self) -> None:
        super().__init__(self._complete)
        self._failures: Counter[str] = Counter()
        self._lock = threading.Lock()

    def _complete(self, exchange: Exchange) -> None:
        asked = json.loads(exchange.request.body)
        self._behaviour(asked)(exchange)

    def _behaviour(self, asked: dict[str, Any]) -> Behaviour:
        messages = asked["messages"]
        # opencode asks for a session's title in a request of its own, without tools.
        if not asked.get("tools"):
            return _text("A title")
        if messages[-1]["role"] == "tool":
            return _text("All done.")
        prompt = next(_text_of(each) for each in reversed(messages) if each["role"] == "user")
        found = MARKER.search(prompt)
        word, argument = (found[1], found[2] or "") if found else ("ok", "")
        if word.isdigit() and self._still_fails(prompt, argument):
            error = {"message": f"fake model says {word}", "type": "fake", "code": word}
            return answer_json({"error": error}, status=int(word))
        if word == "quota":
            return answer_json({"error": QUOTA}, status=429)
        if word == "slow":
            return _text("Slowly done.", pause=float(argument or 5))
        return _tool_call(word, argument) or _text("Here you are.")

    def _still_fails(self, prompt: str, times: str) -> bool:
        if not times:
            return True
        with self._lock:
            self._failures[prompt] += 1
            return self._failures[prompt] <= int(times)


def _text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _tool_call(word: str, argument: str) -> Behaviour | None:
    tools: dict[str, dict[str, Any]] = {
        "bash": {"command": argument or "echo hi", "description": "Runs a command"},
        "question": {
            "questions": [
                {
                    "question": "Which colour?",
                    "header": "Colour",
                    "options": [
                        {"label": "Red", "description": "the red one"},
                        {"label": "Blue", "description": "the blue one"},
                    ],
                }
            ]
        },
        "task": {"description": "Child work", "prompt": argument or "[[ok]]", "subagent_type": "general"},
    }
    if word not in tools:
        return None
    call = {"index": 0, "id": "call_1", "type": "function"}
    function = {"name": word, "arguments": json.dumps(tools[word])}
    return _stream([{"role": "assistant", "tool_calls": [{**call, "function": function}]}], finish="tool_calls")


def _text(text: str, *, pause: float = 0) -> Behaviour:
    return _stream([{"role": "assistant", "content": ""}, {"content": text}], finish="stop", pause=pause)


def _stream(deltas: list[dict[str, Any]], *, finish: str, pause: float = 0) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.start(200, "text/event-stream")
        for number, delta in enumerate(deltas):
            if number and exchange.closing.wait(pause):
                return
            exchange.send(_chunk({"index": 0, "delta": delta, "finish_reason": None}))
        exchange.send(_chunk({"index": 0, "delta": {}, "finish_reason": finish}))
        exchange.send(b"data: [DONE]\n\n")

    return behave


def _chunk(choice: dict[str, Any]) -> bytes:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": [choice]}
    return b"data: " + json.dumps({**body, "usage": usage}).encode() + b"\n\n"
