"""Better prose from a language model, where one is configured: never another fact, never a wait.

A template answer goes in with its evidence; what comes out is either the model's words, checked
sentence by sentence against the same evidence, or the template answer itself.
"""

from bot.market.llm.budget import Budget
from bot.market.llm.client import (
    AnthropicClient,
    Client,
    Completion,
    Endpoint,
    ModelFailed,
    OpenAIClient,
)
from bot.market.llm.writer import Writer

__all__ = [
    "AnthropicClient", "Budget", "Client", "Completion", "Endpoint", "ModelFailed",
    "OpenAIClient", "Writer",
]  # fmt: skip
