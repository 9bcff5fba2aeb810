"""The scheduled export: the whole collection as a file for moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import community_settings
from bot.core.export_files import export_file
from bot.core.exports import ExportOptions
from bot.core.model import Community, Reply
from prompts import render

if TYPE_CHECKING:
    from bot.core.services import Services


async def scheduled_export(services: Services, community: Community) -> Reply | None:
    """Make what moderators get by the clock: the whole collection, in the community's language.

    Names are replaced unless the community wants them: a channel has more readers than one who
    asked for a file. None where there is no idea.
    """
    settings = community.settings
    if not sum((await services.store.ideas.counts(community.bank_id)).values()):
        return None
    locale = str(community_settings.get(settings, "locale"))
    options = ExportOptions(
        format=str(community_settings.get(settings, "export_format")),
        is_pseudonymised=not community_settings.get(settings, "export_names"),
        locale=locale,
    )
    made = await export_file(services, community, options, services.clock())
    text = render(
        "digest.export",
        locale,
        count=made.ideas,
        name=made.file.name,
        has_names=not options.is_pseudonymised,
    )
    return Reply(text=text, file=made.file)
