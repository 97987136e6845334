"""How heavy the desk's pages are, and how soon they are there, in Chromium on loopback."""
