"""The thin half's way to the service: transport, sign-in state, token store, outbox. Never imports Textual."""
