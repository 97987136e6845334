"""Makes the sample clips from three files of Debian's `opencv-doc`; not part of the product."""
