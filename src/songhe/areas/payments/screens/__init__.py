"""Screens of payments."""

from songhe.areas.payments import importing
from songhe.areas.payments.screens import answers, batches, budgets, checks, payees, receivables, runs

__all__ = ["answers", "batches", "budgets", "checks", "importing", "payees", "receivables", "runs"]
