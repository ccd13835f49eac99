"""Reminders: who is told what and when, the outbox that lets nothing go twice, and the channels it goes by."""
