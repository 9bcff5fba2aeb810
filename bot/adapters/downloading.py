"""Fetching a file that a platform handed us, from the platform's own hosts and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import SplitResult, urlsplit

import aiohttp

from bot.core.attaching import NotFetched

_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_CHUNK = 1 << 16
# Files are compressed already. Who compresses all the same is read no further than the limit.
_PLAIN = {"Accept-Encoding": "identity"}
_OK, _REFUSED = 200, frozenset({302, 401, 403})


async def download(
    url: str,
    *,
    hosts: Collection[str],
    api_base: str,
    limit_bytes: int,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Give what an address holds.

    Args:
        url: as the platform's payload says.
        hosts: by HTTPS only these are asked.
        api_base: the configured address of the platform; its own site is asked, too, so that
            everything can run against a counterpart on loopback.
        limit_bytes: reading stops there.
        headers: such as the token; sent to no other host, since redirects are not followed.

    Raises:
        NotFetched: the address is not the platform's, or does not give the file.
    """
    if not is_ours(url, hosts, api_base):
        raise NotFetched("forbidden")
    sent = {**_PLAIN, **(headers or {})}
    # A proxy of the environment serves the outside; the configured site is reached as it is.
    is_outside = site(urlsplit(url)) != site(urlsplit(api_base))
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=is_outside) as session,
            session.get(url, headers=sent, allow_redirects=False) as answer,
        ):
            return await _read(answer, limit_bytes)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise NotFetched("unreachable") from None  # the original quotes the address


async def _read(answer: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    if answer.status in _REFUSED:
        raise NotFetched("forbidden")
    if answer.status != _OK:
        raise NotFetched("unreachable")
    if answer.content_type == "text/html":  # a page to log in: Slack's answer without the scope
        raise NotFetched("forbidden")
    data = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > limit_bytes:
            raise NotFetched("too_big")
    return bytes(data)


def is_ours(url: str, hosts: Collection[str], api_base: str) -> bool:
    """Tell whether an address is the platform's."""
    try:
        wanted = urlsplit(url)
        if wanted.username is not None or wanted.password is not None:
            return False
        here = site(wanted)
        return here == site(urlsplit(api_base)) or here in {("https", h, 443) for h in hosts}
    except ValueError:
        return False


def site(parts: SplitResult) -> tuple[str, str, int]:
    """Give scheme, host and port of an address."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, (parts.hostname or "").lower(), port
