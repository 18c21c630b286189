"""The registry: persons, their households and contacts, what is known about them and since when, and who is enrolled.

A **person** lives in one region (service goes by it) and is registered in another or the same (eligibility goes by
it). A **fact** is what is known about a person: valid from one day to another, known from one moment to another. A
**tag** is a fact of the kind ``tag`` with a term of ``data/nation/tags.yaml``. Two persons who may be one are
**suspects** until somebody decides; a **merge** can be undone. A **transfer** needs both regions; a **death** is
reported by one and confirmed by another. Every other area stands on this one and reaches it through ``api``.
"""
