"""Tables of agents: how they sign in, their sessions and tokens, and what failed. No secret is kept that opens one."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Words
from pipeline.catalogue.tables import metadata

agents = Table(
    "agents",
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("name_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_renew", Boolean, nullable=False),
    Column("second_factor", LargeBinary),
    Column("second_factor_step", BigInteger, nullable=False),
    Column("recovery", Text, nullable=False),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("secret_digest", Text, primary_key=True),
    Column("session_id", Text, nullable=False, unique=True),
    Column("agent_id", Text, ForeignKey("agents.agent_id"), nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("address", Words, nullable=False),
    Column("browser", Words, nullable=False),
    Column("purpose", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("case_number", Words, nullable=False),
)

agent_tokens = Table(
    "agent_tokens",
    metadata,
    Column("secret_digest", Text, primary_key=True),
    Column("token_id", Text, nullable=False, unique=True),
    Column("agent_id", Text, ForeignKey("agents.agent_id"), nullable=False, index=True),
    Column("label", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
)

known_browsers = Table(
    "known_browsers",
    metadata,
    Column("secret_digest", Text, primary_key=True),
    Column("agent_id", Text, ForeignKey("agents.agent_id"), nullable=False, index=True),
    Column("ends_at", Moment, nullable=False, index=True),
)

agent_matters = Table(
    "agent_matters",
    metadata,
    Column("agent_id", Text, ForeignKey("agents.agent_id"), primary_key=True),
    Column("purpose", Words, primary_key=True),
    Column("recipient", Words, primary_key=True),
    Column("case_number", Words, primary_key=True),
    Column("begun_at", Moment, nullable=False),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("about", Words, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Moment, nullable=False, index=True),
    Column("free_at", Moment, nullable=False),
)
