"""Encryption of personal data: a key ring outside the database, a data key for each person inside it.

Every ciphertext names its cipher and key. Erasing a person is destroying the person's data key. Searching goes
by keyed hashes, whose keys rotate too. Attachments are stored encrypted, without their hidden data.
"""
