"""By what people prove who they are, agents and residents alike: secrets, passwords, one-time codes, pauses."""
