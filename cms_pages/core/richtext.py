"""The rich text that the admin's forms send, brought to what this site allows before it is stored.

The editor in the browser keeps only what a field allows; whoever posts past it, or pastes from Word, is met here.
Marks that a field does not know are taken off and their words stay; a link that leads nowhere is words.
"""

import json
import re
from typing import Any

from django.core.exceptions import BadRequest
from draftjs_exporter.error import ExporterException
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.rich_text import features
from wagtail.whitelist import check_url

PLAIN = "unstyled"
DRAWN = "atomic"  # a block that only holds an entity: a horizontal line
OWN_LINKS = {"LINK", "DOCUMENT"}
LARGEST_ID = 2**31 - 1
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff]")
_SPACES = re.compile("[ \t\u00a0]{2,}")
_BLOCK = "(?:p|li|h[2-6])"
_AT_START = re.compile(f"(<{_BLOCK}\\b[^>]*>)[ \u00a0]+")
_AT_END = re.compile(f"[ \u00a0]+(</{_BLOCK}>)")
_EMPTY = re.compile(f"<({_BLOCK})\\b[^>]*>(?:<br/>)*</\\1>")


def _leads_somewhere(data: dict[str, Any]) -> bool:
    number = data.get("id")
    if number is not None:
        return str(number).isdecimal() and int(number) <= LARGEST_ID
    url = data.get("url")
    return isinstance(url, str) and check_url(url) is not None


def tidy(html: str) -> str:
    """Without what Word leaves: invisible characters, runs of spaces, spaces at the ends of a block, empty blocks."""
    html = _SPACES.sub(" ", _INVISIBLE.sub("", html))
    return _EMPTY.sub("", _AT_END.sub(r"\1", _AT_START.sub(r"\1", html)))


class CleanRichTextArea(DraftailRichTextArea):
    """Wagtail's rich text editor, whose server stores nothing that the field does not allow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks, self.styles, self.entities = {PLAIN, DRAWN}, set[str](), set[str]()
        for feature in self.features:
            rule = features.get_converter_rule("contentstate", feature)
            converters = rule["to_database_format"] if rule else {}
            self.blocks |= set(converters.get("block_map", ()))
            self.styles |= set(converters.get("style_map", ()))
            self.entities |= set(converters.get("entity_decorators", ()))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        """The HTML to store. Raises BadRequest when what was posted is not the editor's format."""
        posted = data.get(name)
        if posted is None:
            return None
        try:
            content = self._allowed(json.loads(posted))
            return tidy(self.converter.exporter.render(content))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, ExporterException) as error:
            raise BadRequest(f"The rich text of {name} cannot be read") from error

    def _allowed(self, content: dict[str, Any] | None) -> dict[str, Any] | None:
        """The content with the field's own blocks, styles and entities alone; words are kept."""
        if content is None:
            return None
        entities = {str(key): entity for key, entity in content["entityMap"].items() if self._is_allowed(entity)}
        return {
            "entityMap": entities,
            "blocks": [self._allowed_block(block, entities) for block in content["blocks"]],
        }

    def _is_allowed(self, entity: dict[str, Any]) -> bool:
        kind = entity["type"]
        return kind in self.entities and (kind not in OWN_LINKS or _leads_somewhere(entity["data"]))

    def _allowed_block(self, block: dict[str, Any], entities: dict[str, Any]) -> dict[str, Any]:
        kind = block["type"]
        ranges = [range_ for range_ in block.get("entityRanges", []) if str(range_["key"]) in entities]
        if kind not in self.blocks or (kind == DRAWN and not ranges):
            kind = PLAIN
        styles = [range_ for range_ in block.get("inlineStyleRanges", []) if range_["style"] in self.styles]
        return {**block, "type": kind, "entityRanges": ranges, "inlineStyleRanges": styles}
