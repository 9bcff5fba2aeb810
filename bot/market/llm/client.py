"""Asking a language model over the vendors' own libraries; every fault becomes `ModelFailed`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError

if TYPE_CHECKING:
    from bot.market.llm.prompting import Prompt

MOST_OUTPUT_TOKENS = 800  # an answer is five sentences; some models think within it
_RETRIES = 2  # of 429, 5xx and broken connections; the writer's time-out bounds them all
_LARGEST_BODY = 200_000  # bytes; what is larger is no chat completion of 800 tokens
_NO_KEY = "none"  # servers of one's own often want none, the library always sends one
_AZURE_VERSION = "2024-10-21"
_AT_DEBUG_THEY_LOG_WORDS = ("openai", "anthropic", "httpx", "httpx2", "httpcore", "httpcore2")

Shape = TypeVar("Shape", bound=BaseModel)


class ModelFailed(Exception):
    """The model gave nothing usable; the message holds no words of anybody.

    Args:
        reason: what went wrong, such as "status 429".
        is_billed: False where it is certain that nothing was written.
    """

    def __init__(self, reason: str, *, is_billed: bool) -> None:
        super().__init__(reason)
        self.is_billed = is_billed


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote; tokens are None where the endpoint does not count them."""

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None


class Client(Protocol):
    """Something that completes a prompt."""

    async def complete(self, prompt: Prompt) -> Completion:
        """Ask the model once.

        Raises:
            ModelFailed: no usable text came back.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model is asked; without `base_url` the vendor's own address."""

    model: str
    api_key: str | None = None
    base_url: str | None = None
    timeout_s: float = 8.0
    is_azure: bool = False


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _ChatUsage(BaseModel):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt


class _Chat(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _ChatUsage | None = None


class _Block(BaseModel):
    type: str
    text: str = ""


class _MessageUsage(BaseModel):
    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt


class _Reply(BaseModel):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _MessageUsage | None = None


class OpenAIClient:
    """Any endpoint that speaks OpenAI's chat completions, Azure's among them."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Load the library and prepare connections; blocks for a second or two."""
        import openai  # noqa: PLC0415  an extra, and slow to load

        _hush()
        self._endpoint = endpoint
        self._errors = (openai.APIStatusError, openai.OpenAIError)
        key = endpoint.api_key or _NO_KEY
        self._sdk: openai.AsyncOpenAI
        if endpoint.is_azure:
            self._sdk = openai.AsyncAzureOpenAI(
                azure_endpoint=endpoint.base_url or "",
                azure_deployment=endpoint.model,
                api_version=_AZURE_VERSION,
                api_key=key,
                timeout=endpoint.timeout_s,
                max_retries=_RETRIES,
            )
        else:
            self._sdk = openai.AsyncOpenAI(
                base_url=endpoint.base_url or "https://api.openai.com/v1",
                api_key=key,
                timeout=endpoint.timeout_s,
                max_retries=_RETRIES,
            )

    async def complete(self, prompt: Prompt) -> Completion:
        """Ask the model once, see `Client`."""
        status_error, any_error = self._errors
        # OpenAI's newer models know only the one name, most other servers only the other.
        is_theirs = self._endpoint.base_url is None or self._endpoint.is_azure
        limit = "max_completion_tokens" if is_theirs else "max_tokens"
        try:
            raw = await self._sdk.chat.completions.with_raw_response.create(
                model=self._endpoint.model,
                messages=[
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ],
                extra_body={limit: MOST_OUTPUT_TOKENS},
            )
        except status_error as error:
            raise ModelFailed(f"status {_status(error)}", is_billed=False) from None
        except any_error as error:
            raise ModelFailed(type(error).__name__, is_billed=True) from None
        chat = _parsed(_Chat, raw.http_response.content)
        choice = chat.choices[0]
        if choice.finish_reason not in (None, "stop") or not choice.message.content:
            raise ModelFailed("no whole text", is_billed=True)
        usage = chat.usage
        return Completion(
            choice.message.content,
            usage.prompt_tokens if usage else None,
            usage.completion_tokens if usage else None,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._sdk.close()


class AnthropicClient:
    """Anthropic's messages."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Load the library and prepare connections; blocks for a second or two."""
        import anthropic  # noqa: PLC0415  an extra, and slow to load

        _hush()
        self._endpoint = endpoint
        self._errors = (anthropic.APIStatusError, anthropic.AnthropicError)
        self._sdk = anthropic.AsyncAnthropic(
            base_url=endpoint.base_url or "https://api.anthropic.com",
            api_key=endpoint.api_key or _NO_KEY,
            timeout=endpoint.timeout_s,
            max_retries=_RETRIES,
        )

    async def complete(self, prompt: Prompt) -> Completion:
        """Ask the model once, see `Client`."""
        status_error, any_error = self._errors
        try:
            raw = await self._sdk.messages.with_raw_response.create(
                model=self._endpoint.model,
                max_tokens=MOST_OUTPUT_TOKENS,
                system=prompt.system,
                messages=[{"role": "user", "content": prompt.user}],
            )
        except status_error as error:
            raise ModelFailed(f"status {_status(error)}", is_billed=False) from None
        except any_error as error:
            raise ModelFailed(type(error).__name__, is_billed=True) from None
        reply = _parsed(_Reply, raw.http_response.content)
        text = "".join(block.text for block in reply.content if block.type == "text")
        if reply.stop_reason not in (None, "end_turn", "stop_sequence") or not text:
            raise ModelFailed("no whole text", is_billed=True)
        usage = reply.usage
        return Completion(
            text,
            usage.input_tokens if usage else None,
            usage.output_tokens if usage else None,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._sdk.close()


def _hush() -> None:
    """Keep the libraries from logging requests, which hold what people typed."""
    for name in _AT_DEBUG_THEY_LOG_WORDS:
        logging.getLogger(name).setLevel(logging.WARNING)


def _status(error: Exception) -> int:
    return int(getattr(error, "status_code", 0))


def _parsed(shape: type[Shape], body: bytes) -> Shape:
    if len(body) > _LARGEST_BODY:
        raise ModelFailed("too long", is_billed=True)
    try:
        return shape.model_validate_json(body)
    except ValidationError:
        raise ModelFailed("not the API's JSON", is_billed=True) from None
