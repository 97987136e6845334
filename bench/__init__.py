"""Speed beside peers, on the same clips in the same run; `python -m bench` writes docs/benchmarks.md."""
