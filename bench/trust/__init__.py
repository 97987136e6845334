"""The figures by which trust in the system can be judged: each measured by a probe, remembered, and put on one page."""
