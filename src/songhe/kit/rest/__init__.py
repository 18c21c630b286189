"""The same records and actions over HTTP for programs: tokens, problem documents, idempotency keys, an OpenAPI page.

Everything is made from the record specs, so a record that is on screen is in the API with the same scope, rights,
forms and acts.
"""
