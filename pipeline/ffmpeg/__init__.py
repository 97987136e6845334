"""The only caller of the ffmpeg program: find it, run it in a bounded child, record its version."""
