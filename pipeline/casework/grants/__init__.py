"""What residents do with grants: write, preview, sign, narrow, pause, resume and revoke them, and see who looked."""
