"""A frame to detections, by the weights that the manifest names."""
