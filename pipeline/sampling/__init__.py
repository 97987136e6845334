"""A clip to frames with exact time stamps; what was skipped is recorded."""
