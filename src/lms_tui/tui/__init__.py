"""The only Textual: app, commands, screens and widgets."""
