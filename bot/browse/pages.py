"""Datasette as it serves a snapshot: titles, facets, queries, limits; and the server around it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.core.errors import OperatorError

DATABASE = "collection"
FILE = f"{DATABASE}.db"
_STATIC = Path(__file__).parent / "static"
_TEMPLATES = Path(__file__).parent / "templates"
_MOUNT = "reelbank"

SETTINGS = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 500,
    "default_facet_size": 8,
    "suggest_facets": False,  # ours are chosen, and looking for more takes long in a large file
    "truncate_cells_html": 400,
    "num_sql_threads": 2,
    "allow_download": True,  # the file holds nothing but what the pages show
}

QUERIES: dict[str, dict[str, Any]] = {
    "best": {
        "title": "Best ideas",
        "hide_sql": True,
        "description": "Most votes for, less those against.",
        "sql": """
            SELECT number, title, i.name AS industry, status, votes_for, votes_against, score
            FROM ideas JOIN industries i ON i.id = ideas.industry
            ORDER BY score DESC, number LIMIT 100""",
    },
    "industries": {
        "title": "Ideas by industry",
        "hide_sql": True,
        "description": "How many each industry has, also as a further one; those without any last.",
        "sql": """
            SELECT i.name AS industry, count(x.idea) AS ideas, coalesce(sum(x.is_main), 0) AS main,
              coalesce(sum(s.status = 'accepted'), 0) AS accepted, i.naics, i.isic
            FROM industries i LEFT JOIN idea_industries x ON x.industry = i.id
            LEFT JOIN ideas s ON s.number = x.idea
            GROUP BY i.id ORDER BY ideas DESC, i.name""",
    },
    "months": {
        "title": "Ideas by month",
        "hide_sql": True,
        "description": "When they came, and how many of them are accepted.",
        "sql": """
            SELECT month, count(*) AS ideas, sum(status = 'accepted') AS accepted,
              sum(votes_for + votes_against) AS votes
            FROM ideas GROUP BY month ORDER BY month DESC""",
    },
    "in_industry": {
        "title": "One industry, best first",
        "hide_sql": True,
        "description": "Type an industry's name, or a part of it.",
        "sql": """
            SELECT ideas.number, title, i.name AS industry, x.is_main, status, score
            FROM idea_industries x JOIN industries i ON i.id = x.industry
            JOIN ideas ON ideas.number = x.idea
            WHERE i.name LIKE '%' || :industry || '%'
            ORDER BY score DESC, ideas.number LIMIT 200""",
        "params": ["industry"],
    },
    "undecided": {
        "title": "Well liked, not decided yet",
        "hide_sql": True,
        "description": "Pending ideas with the most votes for.",
        "sql": """
            SELECT number, title, i.name AS industry, score, created
            FROM ideas JOIN industries i ON i.id = ideas.industry
            WHERE status = 'pending' ORDER BY score DESC, number LIMIT 100""",
    },
}

_COLUMNS = {
    "number": "The idea's number in its community",
    "industry": "The main one; idea_industries has all",
    "score": "Votes for, less those against",
    "author": "Empty where the author is anonymous",
    "month": "When it came, as YYYY-MM",
    "comments": "How many there are",
}


class DatasetteMissing(OperatorError):
    """The extra that serves pages is not installed."""


def metadata(community: str) -> dict[str, Any]:
    """Give what Datasette says about the collection of a community."""
    return {
        "title": f"Use cases collected by {community}",
        "description": "What people would use text-to-video for. Read only; made from what "
        "everybody may see.",
        "extra_css_urls": [f"/{_MOUNT}/browse.css"],
        "databases": {
            DATABASE: {
                "queries": QUERIES,
                "tables": {
                    "ideas": {
                        "description": "One row per idea. Search by words, or narrow down by "
                        "industry and status on this page.",
                        "facets": ["industry", "status", "month", "language"],
                        "sort_desc": "score",
                        "label_column": "title",
                        "columns": _COLUMNS,
                    },
                    "idea_industries": {
                        "description": "Every industry of every idea.",
                        "facets": ["industry"],
                    },
                    "industries": {
                        "description": "Industries with their NAICS 2022 and ISIC Rev. 4 codes.",
                        "label_column": "name",
                        "sort": "name",
                        "size": 100,
                    },
                    "about": {"description": "When this was made, and what is left out."},
                },
            }
        },
    }


class Pages:
    """Datasette on a snapshot, as an ASGI application whose snapshot can be changed while it runs.

    Args:
        path: the snapshot; its name is `FILE`, since pages are called as their file.
        community: whose ideas these are.

    Raises:
        DatasetteMissing: it is not installed.
    """

    def __init__(self, path: Path, community: str) -> None:
        self._community = community
        self._before: Any = None
        self._now: Any = None
        self._application: Any = None
        self.show(path)

    def show(self, path: Path) -> None:
        """Serve this snapshot from now on; requests under way finish on the one before."""
        if self._before is not None:
            self._before.executor.shutdown(wait=False)
            self._before.get_database(DATABASE).close()
        # A new Datasette, since one keeps its connections per thread and name of a database.
        self._before, self._now = self._now, _datasette(path, self._community)
        self._application = self._now.app()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        await self._application(scope, receive, send)


def _datasette(path: Path, community: str) -> Any:
    try:
        from datasette.app import Datasette  # noqa: PLC0415  an extra
    except ImportError:
        raise DatasetteMissing(
            "Browsing needs Datasette, which is not installed. Install it with "
            "pip install 'reelbank[browse]', or write the file alone with --snapshot FILE."
        ) from None
    return Datasette(
        [],
        immutables=[str(path)],
        metadata=metadata(community),
        settings=SETTINGS,
        template_dir=str(_TEMPLATES),
        static_mounts=[(_MOUNT, str(_STATIC))],
    )


async def serve(
    pages: Pages,
    *,
    host: str,
    port: int,
    every_s: float,
    refresh: Callable[[], Awaitable[None]],
    started: Callable[[int], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `refresh` is called each so many seconds, 0 for never.

    Raises:
        OperatorError: the port is taken.
    """
    import uvicorn  # noqa: PLC0415  comes with the extra

    # Datasette's own log lines would quote what people search for.
    config = uvicorn.Config(
        pages, host=host, port=port, log_level="error", access_log=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    try:
        sockets = [config.bind_socket()]
    except SystemExit:
        raise OperatorError(f"Port {port} is taken. Choose another one with --port.") from None
    started(int(sockets[0].getsockname()[1]))
    again = asyncio.create_task(_repeat(refresh, every_s)) if every_s else None
    try:
        await server.serve(sockets=sockets)
    finally:
        if again is not None:
            again.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await again


async def _repeat(refresh: Callable[[], Awaitable[None]], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        await refresh()
