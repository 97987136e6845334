"""Measures colours against labels that people gave, and vectors by what they find again."""
