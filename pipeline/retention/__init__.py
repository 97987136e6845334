"""How long evidence is kept, what keeps it longer, and how it goes: retention, holds, revocation, fixity, backup."""
