"""The nouns of the project: frozen, valid at birth, standard library only."""
