"""The half that owns the rules: an ASGI app, who may do what, and one module of use cases per area."""
