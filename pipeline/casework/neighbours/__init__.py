"""Reports of neighbours: sent, decided on, published, and gone."""
