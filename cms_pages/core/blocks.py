"""Blocks of a page's body. No block brings a foreign script, frame or style."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "hr", "link", "document-link", "superscript", "subscript"]
LINE_FEATURES = ["bold", "italic", "link", "document-link"]
ICONS: list[tuple[str, Promise]] = [
    ("card", _("Bank card")),
    ("phone", _("Telephone")),
    ("tap", _("Tap")),
    ("chat", _("Conversation")),
    ("meter", _("Meter")),
    ("file", _("Sheet of paper")),
    ("files", _("Documents to bring")),
    ("calendar", _("Calendar")),
    ("tools", _("Tools")),
    ("user", _("Person")),
    ("book", _("Book")),
    ("pin", _("Place")),
    ("question", _("Question")),
    ("drain", _("Drain")),
    ("shield", _("Shield")),
]


def check_address(address: str) -> None:
    """Raise ValidationError unless an address leads to this site, to another, to a telephone or to a mailbox."""
    if address and not address.startswith(("/", "https://", "http://", "tel:", "mailto:")):
        raise ValidationError(_("Must begin with /, https://, tel: or mailto:."))


def check_block_address(address: str, name: str) -> None:
    """The same for a field of a block."""
    try:
        check_address(address)
    except ValidationError as error:
        raise StructBlockValidationError(block_errors={name: error}) from error


class LinkBlock(blocks.StructBlock):
    """A link to a page of the site, or to an address."""

    title = blocks.CharBlock(label=_("Link text"), max_length=60)
    page = blocks.PageChooserBlock(label=_("Page of the site"), required=False)
    address = blocks.CharBlock(
        label=_("Or an address"),
        required=False,
        max_length=300,
        help_text=_("/personal/ for a place on this site, https://… for another site."),
    )

    class Meta:
        icon = "link"
        label = _("Link")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        page, address = cleaned.get("page"), cleaned.get("address", "").strip()
        if bool(page) == bool(address):
            raise StructBlockValidationError(
                block_errors={"page": ValidationError(_("Choose a page or enter an address, not both."))}
            )
        check_block_address(address, "address")
        return cleaned


class TileBlock(LinkBlock):
    """A tile of the home page: icon, words, a line below."""

    icon = blocks.ChoiceBlock(label=_("Icon"), choices=ICONS)
    note = blocks.CharBlock(label=_("Line below"), required=False, max_length=80)

    class Meta:
        icon = "pick"
        label = _("Tile")


class HeadingBlock(blocks.CharBlock):
    """A heading with an anchor of its own words, so that a link may point at it."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "pages/blocks/heading.html"
        max_length = 160


class CalloutValue(blocks.StructValue):
    """A callout with the icon of its kind."""

    @property
    def icon_name(self) -> str:
        return {"warn": "warning", "ok": "check-circle"}.get(self["kind"], "info")


class CalloutBlock(blocks.StructBlock):
    """Callout that stands out."""

    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[("info", _("For information")), ("ok", _("Good news")), ("warn", _("Warning"))],
        default="info",
    )
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), required=False, features=LINE_FEATURES)

    class Meta:
        icon = "warning"
        label = _("Callout")
        value_class = CalloutValue
        template = "pages/blocks/callout.html"


class StepsBlock(blocks.StructBlock):
    """Steps one after another."""

    steps = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("title", blocks.CharBlock(label=_("Step"), max_length=120)),
                ("text", blocks.RichTextBlock(label=_("Text"), required=False, features=LINE_FEATURES)),
            ]
        ),
        label=_("Steps"),
        min_num=2,
    )

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "pages/blocks/steps.html"


class QuestionBlock(blocks.StructBlock):
    """A question that unfolds into its answer."""

    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=TEXT_FEATURES)

    class Meta:
        icon = "help"
        label = _("Question and answer")
        template = "pages/blocks/question.html"


class PictureBlock(blocks.StructBlock):
    """A picture with words for those who do not see it."""

    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=pgettext_lazy("portal", "Caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "pages/blocks/picture.html"


class FileBlock(blocks.StructBlock):
    """A file to take away."""

    document = DocumentChooserBlock(label=_("File"))
    title = blocks.CharBlock(label=_("Link text"), required=False, max_length=120)

    class Meta:
        icon = "doc-full"
        label = _("File")
        template = "pages/blocks/file.html"


class ButtonBlock(LinkBlock):
    """One thing to do next."""

    class Meta:
        icon = "success"
        label = _("Button")
        template = "pages/blocks/button.html"


class TableBlock(blocks.StructBlock):
    """A small table: one row a line, cells parted by | or, as Word and Excel paste them, by tabs; headings first."""

    caption = blocks.CharBlock(label=_("What the table shows"), max_length=160)
    rows = blocks.TextBlock(
        label=_("Rows"),
        help_text=_(
            "One row per line, cells separated by |. The first line holds the headings. A table "
            "copied from Word or Excel can be pasted as it is."
        ),
    )

    class Meta:
        icon = "table"
        label = _("Table")
        template = "pages/blocks/table.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        parted = value["rows"].replace("\t", "|").splitlines()
        lines = [[cell.strip() for cell in line.split("|")] for line in parted if line.strip()]
        context["head"] = lines[0] if lines else []
        context["body"] = lines[1:]
        return context


class BodyBlock(blocks.StreamBlock):
    """The body of a page."""

    heading = HeadingBlock()
    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=TEXT_FEATURES, template="pages/blocks/text.html"
    )
    callout = CalloutBlock()
    steps = StepsBlock()
    question = QuestionBlock()
    table = TableBlock()
    picture = PictureBlock()
    file = FileBlock()
    button = ButtonBlock()

    class Meta:
        required = False
