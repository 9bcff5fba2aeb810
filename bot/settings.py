"""The settings of one process; the only reader of the environment and of `.env`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core.errors import OperatorError

PREFIX = "REELBANK_"
STORE_FILE = "reelbank.db"


def _default_folder() -> Path:
    return platformdirs.user_data_path("reelbank", appauthor=False)


def _parts(value: Any) -> Any:
    return (
        tuple(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else value
    )


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _folder(path: Path) -> Path:
    return path.expanduser().absolute()


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https", "ws", "wss"} or not parts.netloc:
        raise ValueError("an address such as https://example.org/api")
    return text.rstrip("/")


Token = Annotated[SecretStr | None, BeforeValidator(_blank_is_none)]
Url = Annotated[str, AfterValidator(_url)]
OptionalUrl = Annotated[Url | None, BeforeValidator(_blank_is_none)]
OptionalText = Annotated[str | None, BeforeValidator(_blank_is_none)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
Folder = Annotated[Path, AfterValidator(_folder)]


class Settings(BaseSettings):
    """Everything that can be set, each as `REELBANK_<NAME>` in the environment or in `.env`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    data_dir: Folder = Field(
        default_factory=_default_folder, description="folder of the store, caches and chat history"
    )

    discord_token: Token = Field(None, description="token of the Discord bot")
    discord_api_base: Url = Field(
        "https://discord.com/api/v10", description="address of Discord's REST API"
    )
    discord_gateway_url: OptionalUrl = Field(
        None, description="address of Discord's gateway; empty: as the REST API says"
    )

    slack_bot_token: Token = Field(None, description="Slack bot token, xoxb-...")
    slack_app_token: Token = Field(
        None, description="Slack app-level token for Socket Mode, xapp-..."
    )
    slack_signing_secret: Token = Field(
        None, description="signing secret of the Slack app, for HTTP instead of Socket Mode"
    )
    slack_api_base: Url = Field("https://slack.com/api", description="address of Slack's Web API")
    slack_host: str = Field("127.0.0.1", description="address on which Slack's requests arrive")
    slack_port: int = Field(3000, ge=0, le=65535, description="port for Slack's requests")

    admins: Names = Field(
        (), description="account keys that are always admins: discord:<user>,slack:<team>:<user>"
    )
    purge_business_days: int = Field(
        10,
        ge=1,
        le=14,
        description="business days from Reelbank's removal from a community to the end of its data",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="what is logged"
    )
    log_json: bool | None = Field(
        None, description="logs as JSON lines; unset: JSON unless stderr is a terminal"
    )
    log_file: Annotated[Path | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="file that logs go to instead of stderr"
    )
    allow_embedder: bool = Field(
        default=True, description="false: look-alikes and tagging by words alone, with less memory"
    )

    attachments_mib: int = Field(
        512, ge=0, le=100_000, description="MiB that the pictures of one bank may take; 0: none"
    )

    llm_provider: Literal["openai", "azure", "anthropic"] = Field(
        "openai", description="whose API the language model's endpoint speaks"
    )
    llm_model: OptionalText = Field(
        None, description="model (on Azure: deployment) that is asked; empty: no language model"
    )
    llm_api_key: Token = Field(None, description="key of the endpoint")
    llm_base_url: OptionalUrl = Field(
        None, description="address of the endpoint; empty: the vendor's own"
    )
    llm_timeout_s: float = Field(
        8.0, gt=0, le=120, description="most seconds that an answer waits for the language model"
    )
    llm_monthly_budget_usd: float = Field(
        0.0, ge=0, description="most that the language model may cost a month; 0: no limit"
    )
    llm_usd_per_million_input: float = Field(
        0.0, ge=0, description="US dollars for a million tokens that the model reads"
    )
    llm_usd_per_million_output: float = Field(
        0.0, ge=0, description="US dollars for a million tokens that the model writes"
    )

    def is_admin(self, account_key: str) -> bool:
        """Tell whether the operator made this account an administrator everywhere."""
        return account_key in self.admins

    @property
    def store_path(self) -> Path:
        """Give the file of the store."""
        return self.data_dir / STORE_FILE

    @property
    def cache_dir(self) -> Path:
        """Give the folder for what can be made again, such as the compiled knowledge."""
        return self.data_dir / "cache"

    def secrets(self) -> tuple[str, ...]:
        """Give all tokens and keys that are set, so that logs can leave them out."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(v.get_secret_value() for v in values if isinstance(v, SecretStr))


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and from `.env` in the current folder.

    Raises:
        OperatorError: a value is not allowed; names the variable and what is. Never shows the
            value, which may be a token.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise OperatorError(_explain(error)) from None
    except (OSError, UnicodeError):
        message = "The file .env in this folder cannot be read. It must be readable UTF-8 text."
        raise OperatorError(message) from None


def _explain(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        name = str(item["loc"][0]) if item["loc"] else ""
        problem = item["msg"].removeprefix("Value error, ")
        lines.append(f"{PREFIX}{name.upper()}: {problem[:1].lower()}{problem[1:]}")
    return "\n".join(["A setting has a value that is not allowed.", *(f"  {x}" for x in lines)])


def color_is_wanted() -> bool:
    """Tell whether colours are wanted: NO_COLOR (no-color.org) and dumb terminals say no."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "") != "dumb"


def terminal_is_capable() -> bool:
    """Tell whether both ends are a terminal that can move its cursor."""
    is_dumb = os.environ.get("TERM", "") in {"dumb", "unknown"}
    return sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb


def login_name() -> str:
    """Give the name of whoever sits at the terminal; "you" where the system has none."""
    return os.environ.get("USER") or os.environ.get("USERNAME") or "you"
