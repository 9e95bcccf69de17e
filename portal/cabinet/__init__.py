"""The resident's front: views, forms and addresses of /personal/.

Composes services and selectors; holds no rule of the business."""
