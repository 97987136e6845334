"""How many heads stay visible in redacted copies, over how many person-seconds, and how much else is covered."""
