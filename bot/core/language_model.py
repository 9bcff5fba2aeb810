"""Whether a language model is set up, and the writer that uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.core.errors import MissingSetting, OperatorError

if TYPE_CHECKING:
    from bot.market.llm import Client, Writer
    from bot.settings import Settings
    from storage import Store


def is_configured(settings: Settings) -> bool:
    """Tell whether the operator wants a language model: its name is what turns it on."""
    return settings.llm_model is not None


def problem(settings: Settings) -> OperatorError | None:
    """Give what keeps a language model that is wanted from being used, if anything does."""
    if not is_configured(settings):
        return None
    package = "anthropic" if settings.llm_provider == "anthropic" else "openai"
    if find_spec(package) is None:
        return OperatorError(
            f"REELBANK_LLM_MODEL needs the package {package}: pip install 'reelbank[llm]'"
        )
    if settings.llm_provider == "azure" and settings.llm_base_url is None:
        return MissingSetting("Set REELBANK_LLM_BASE_URL to the address of the Azure resource.")
    if settings.llm_base_url is None and settings.llm_api_key is None:
        return MissingSetting(
            "Set REELBANK_LLM_API_KEY, or REELBANK_LLM_BASE_URL for a server of your own."
        )
    has_prices = settings.llm_usd_per_million_input > 0 and settings.llm_usd_per_million_output > 0
    if settings.llm_monthly_budget_usd > 0 and not has_prices:
        return MissingSetting(
            "REELBANK_LLM_MONTHLY_BUDGET_USD needs the model's prices: set "
            "REELBANK_LLM_USD_PER_MILLION_INPUT and REELBANK_LLM_USD_PER_MILLION_OUTPUT."
        )
    return None


async def unreachable(settings: Settings) -> str | None:
    """Ask the model that is set up for two letters; gives why it does not answer, None if it does.

    Takes the time-out at most, and a few tokens that no budget counts.
    """
    from bot.market.llm.client import ModelFailed  # noqa: PLC0415  an extra
    from bot.market.llm.prompting import Prompt  # noqa: PLC0415

    try:
        async with asyncio.timeout(settings.llm_timeout_s):
            client = await asyncio.to_thread(_make_client, settings)
            try:
                await client.complete(Prompt("Reply with the word OK alone.", "OK?", ""))
            finally:
                await client.close()
    except ModelFailed as error:
        return str(error)
    except TimeoutError:
        return f"nothing within {settings.llm_timeout_s:g} s"
    return None


def _make_client(settings: Settings) -> Client:
    from bot.market import llm  # noqa: PLC0415  an extra: only who wants it loads it

    endpoint = llm.Endpoint(
        model=settings.llm_model or "",
        api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
        base_url=settings.llm_base_url,
        timeout_s=settings.llm_timeout_s,
        is_azure=settings.llm_provider == "azure",
    )
    client = llm.AnthropicClient if settings.llm_provider == "anthropic" else llm.OpenAIClient
    return client(endpoint)


def make_writer(
    settings: Settings, store: Store, stopwords: Mapping[str, frozenset[str]]
) -> Writer | None:
    """Give what writes better prose; None where no language model is wanted.

    Raises:
        OperatorError: one is wanted, but cannot be used; says what to do.
    """
    if not is_configured(settings):
        return None
    hindrance = problem(settings)
    if hindrance is not None:
        raise hindrance
    from bot.market import llm  # noqa: PLC0415  an extra: only who wants it loads it

    return llm.Writer(
        lambda: _make_client(settings),
        stopwords=stopwords,
        timeout_s=settings.llm_timeout_s,
        budget=llm.Budget(
            store,
            monthly_usd=settings.llm_monthly_budget_usd,
            usd_per_million_input=settings.llm_usd_per_million_input,
            usd_per_million_output=settings.llm_usd_per_million_output,
        ),
    )
