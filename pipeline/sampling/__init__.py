"""A clip to frames with exact time stamps; what was skipped is recorded.

The decoding child imports this package too, so nothing heavy is imported here.
"""

from pipeline.sampling.clip import ClipSampler, SampledFrame, probe_clip, sample_clip

__all__ = ["ClipSampler", "SampledFrame", "probe_clip", "sample_clip"]
