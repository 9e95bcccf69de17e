"""The demo: a settlement with two years of history, made by the portal's own services.

`world` is what every step gets, `loading` the order of the steps; each step is a module with `load(world)`."""
