"""The desk in a browser: signs agents in, asks roles and grants on every request, shows pages and answers JSON.

What an agent can do is in ``pipeline.casework``; here it only meets HTTP. Nothing else knows FastAPI.
"""
