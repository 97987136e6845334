"""Event rules: small pure classes over tracks, scene, zones and trigger."""
