"""A sample of the company's colour beside its field: a button and a link, on a light and on a dark page."""

from typing import Any

from wagtail.admin.panels import HelpPanel

from portal.core.appearance.palette import designed

_SHOWN = ("surface", "line", "accent", "on-accent")


class AppearancePanel(HelpPanel):
    """Shows the colour of the values in the form, or the designed one; only looked at."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The panel of one settings row."""

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """`samples`: the colours of each theme by the template's names."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            colours, base = self.instance.palette, designed()
            themes = (base.light | colours.light, base.dark | colours.dark)
            samples = [{name.replace("-", "_"): theme[name] for name in _SHOWN} for theme in themes]
            return context | {"samples": samples}
