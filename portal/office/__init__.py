"""The staff's front: Wagtail admin menu, modeladmin classes, guided screens, reports.

Composes services and selectors; holds no rule of the business."""
