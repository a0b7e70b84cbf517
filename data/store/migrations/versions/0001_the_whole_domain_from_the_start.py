"""The whole domain, from the start."""

import sqlalchemy as sa
from alembic import op

from data.store.types import Text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("kind", Text, nullable=False),
        sa.Column("subject", Text, nullable=False),
        sa.Column("channel", Text, nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject", "channel", name=op.f("pk_alerts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("action", Text, nullable=False),
        sa.Column("subject", Text, nullable=False),
        sa.Column("before", Text, nullable=True),
        sa.Column("after", Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_log_at"), ["at"], unique=False)

    op.create_table(
        "calls",
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("call_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("load_version", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("talk_ms", sa.Integer(), nullable=False),
        sa.Column("calling_number", Text, nullable=False),
        sa.Column("called_number", Text, nullable=False),
        sa.Column("billing_number", Text, nullable=True),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("disposition", sa.SmallInteger(), nullable=False),
        sa.Column("time_flags", sa.SmallInteger(), nullable=False),
        sa.Column("match_state", sa.SmallInteger(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("rate_state", sa.SmallInteger(), nullable=False),
        sa.Column("rate_id", sa.Integer(), nullable=True),
        sa.Column("billed_s", sa.Integer(), nullable=False),
        sa.Column("charge_micros", sa.BigInteger(), nullable=True),
        sa.Column("cost_micros", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("started_at", "call_key", name=op.f("pk_calls")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_customer", ["customer_id", "started_at"], unique=False)

    op.create_table(
        "charges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("every_months", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("name", name=op.f("uq_charges_name")),
    )
    op.create_table(
        "data_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_version")),
    )
    op.create_table(
        "duplicates_by_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "source_id", name=op.f("pk_duplicates_by_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("address", Text, nullable=False),
        sa.Column("failed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failures")),
    )
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_login_failures_email_hash"), ["email_hash"], unique=False
        )

    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("monthly_fee_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("included_s", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("name", name=op.f("uq_plans_name")),
    )
    op.create_table(
        "rate_tables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_tables")),
        sa.UniqueConstraint("name", name=op.f("uq_rate_tables_name")),
    )
    op.create_table(
        "settings",
        sa.Column("key", Text, nullable=False),
        sa.Column("value", Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("folder", Text, nullable=True),
        sa.Column("profile", Text, nullable=True),
        sa.Column("timezone", Text, nullable=True),
        sa.Column("growing", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("expect_every_s", sa.Integer(), nullable=True),
        sa.Column("country_code", Text, server_default="", nullable=False),
        sa.Column("international_prefix", Text, server_default="", nullable=False),
        sa.Column("trunk_prefix", Text, server_default="", nullable=False),
        sa.Column("rejected_ppm_tolerated", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("folder", name=op.f("uq_sources_folder")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_table(
        "tax_categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_categories")),
        sa.UniqueConstraint("name", name=op.f("uq_tax_categories_name")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("address", Text, server_default="", nullable=False),
        sa.Column("tax_id", Text, server_default="", nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("bank", Text, server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor_digits", sa.SmallInteger(), server_default="2", nullable=False),
        sa.Column("timezone", Text, nullable=False),
        sa.Column("days_to_pay", sa.Integer(), server_default="30", nullable=False),
        sa.Column("next_invoice_number", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("billing_start", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", Text, nullable=False),
        sa.Column("text", Text, server_default="", nullable=False),
        sa.Column("priority", Text, server_default="normal", nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "priority IN ('low', 'normal', 'high')", name=op.f("ck_tickets_priority")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_table(
        "tile_history",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tile", Text, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "tile", name=op.f("pk_tile_history")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('viewer', 'billing', 'admin')", name=op.f("ck_tokens_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_tokens_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    op.create_table(
        "usage_by_customer",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("rate_table_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("contested", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("no_answer", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("unrated", sa.Integer(), nullable=False),
        sa.Column("cost_unknown", sa.Integer(), nullable=False),
        sa.Column("talk_ms", sa.BigInteger(), nullable=False),
        sa.Column("billed_s", sa.BigInteger(), nullable=False),
        sa.Column("charge_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("plan_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day",
            "source_id",
            "customer_id",
            "direction",
            "invoice_id",
            "rate_table_id",
            name=op.f("pk_usage_by_customer"),
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("usage_by_customer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_usage_by_customer_customer", ["customer_id", "invoice_id", "day"], unique=False
        )
        batch_op.create_index("ix_usage_by_customer_invoice", ["invoice_id"], unique=False)

    op.create_table(
        "usage_by_destination",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("destination", Text, nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("talk_ms", sa.BigInteger(), nullable=False),
        sa.Column("billed_s", sa.BigInteger(), nullable=False),
        sa.Column("charge_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "destination", "direction", name=op.f("pk_usage_by_destination")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", Text, nullable=False),
        sa.Column("password_hash", Text, nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("theme", Text, server_default="system", nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'billing', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "cdr_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.Column("location", Text, nullable=False),
        sa.Column("status", Text, nullable=False),
        sa.Column("profile", Text, nullable=True),
        sa.Column("timezone", Text, nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("first_processed_at", sa.BigInteger(), nullable=True),
        sa.Column("first_call_at", sa.BigInteger(), nullable=True),
        sa.Column("last_call_at", sa.BigInteger(), nullable=True),
        sa.Column("processed_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("holder", Text, nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        sa.Column("loaded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duplicate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ignored", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", Text, nullable=True),
        sa.Column("error", Text, nullable=True),
        sa.Column("dismissed_at", sa.BigInteger(), nullable=True),
        sa.Column("dismissed_why", Text, nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("expired_at", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'processing', 'success', 'error')",
            name=op.f("ck_cdr_files_status"),
        ),
        sa.CheckConstraint(
            "lines = loaded + rejected + duplicate + ignored", name=op.f("ck_cdr_files_balance")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["cdr_files.id"], name=op.f("fk_cdr_files_replaces_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_cdr_files_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cdr_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_cdr_files_sha256")),
    )
    with op.batch_alter_table("cdr_files", schema=None) as batch_op:
        batch_op.create_index("ix_cdr_files_received_at", ["received_at"], unique=False)
        batch_op.create_index("ix_cdr_files_status", ["status", "processed_at"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("custid", Text, nullable=False),
        sa.Column("company", Text, nullable=False),
        sa.Column("first_name", Text, server_default="", nullable=False),
        sa.Column("last_name", Text, server_default="", nullable=False),
        sa.Column("street", Text, server_default="", nullable=False),
        sa.Column("street2", Text, server_default="", nullable=False),
        sa.Column("city", Text, server_default="", nullable=False),
        sa.Column("state", Text, server_default="", nullable=False),
        sa.Column("country", sa.String(length=3), server_default="", nullable=False),
        sa.Column("zip", Text, server_default="", nullable=False),
        sa.Column("tel", Text, server_default="", nullable=False),
        sa.Column("tel2", Text, server_default="", nullable=False),
        sa.Column("fax", Text, server_default="", nullable=False),
        sa.Column("email", Text, server_default="", nullable=False),
        sa.Column("email2", Text, server_default="", nullable=False),
        sa.Column("vat", Text, server_default="", nullable=False),
        sa.Column("provider", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("tax_category_id", sa.Integer(), nullable=True),
        sa.Column("rate_table_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("billing_start", sa.Date(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_customers_plan_id")),
        sa.ForeignKeyConstraint(
            ["rate_table_id"], ["rate_tables.id"], name=op.f("fk_customers_rate_table_id")
        ),
        sa.ForeignKeyConstraint(
            ["tax_category_id"], ["tax_categories.id"], name=op.f("fk_customers_tax_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("custid", name=op.f("uq_customers_custid")),
    )
    op.create_table(
        "plan_destinations",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("pattern", Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_destinations_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "pattern", name=op.f("pk_plan_destinations")),
    )
    op.create_table(
        "rates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rate_table_id", sa.Integer(), nullable=False),
        sa.Column("pattern", Text, nullable=False),
        sa.Column("effective_from", sa.Date(), server_default="1970-01-01", nullable=False),
        sa.Column("destination", Text, server_default="", nullable=False),
        sa.Column("initial_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("increment_s", sa.Integer(), server_default="1", nullable=False),
        sa.Column("per_minute_micros", sa.BigInteger(), nullable=True),
        sa.Column("day_start_min", sa.SmallInteger(), nullable=True),
        sa.Column("day_initial_micros", sa.BigInteger(), nullable=True),
        sa.Column("day_increment_micros", sa.BigInteger(), nullable=True),
        sa.Column("evening_start_min", sa.SmallInteger(), nullable=True),
        sa.Column("evening_initial_micros", sa.BigInteger(), nullable=True),
        sa.Column("evening_increment_micros", sa.BigInteger(), nullable=True),
        sa.Column("night_start_min", sa.SmallInteger(), nullable=True),
        sa.Column("night_initial_micros", sa.BigInteger(), nullable=True),
        sa.Column("night_increment_micros", sa.BigInteger(), nullable=True),
        sa.Column("weekend_initial_micros", sa.BigInteger(), nullable=True),
        sa.Column("weekend_increment_micros", sa.BigInteger(), nullable=True),
        sa.Column("connection_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("compensation_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("maximum_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("markup_ppm", sa.Integer(), nullable=True),
        sa.Column("blocked", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("group_value", Text, server_default="", nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("increment_s > 0", name=op.f("ck_rates_increment_positive")),
        sa.CheckConstraint("initial_s >= 0", name=op.f("ck_rates_initial_not_negative")),
        sa.ForeignKeyConstraint(
            ["rate_table_id"],
            ["rate_tables.id"],
            name=op.f("fk_rates_rate_table_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rates")),
    )
    with op.batch_alter_table("rates", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rates_active",
            ["rate_table_id", "pattern", "effective_from", "group_value"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("authenticated_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "taxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tax_category_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=True),
        sa.Column("amount_micros", sa.BigInteger(), nullable=True),
        sa.Column("cap_micros", sa.BigInteger(), nullable=True),
        sa.Column("stacked", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.CheckConstraint(
            "(rate_ppm IS NULL) <> (amount_micros IS NULL)", name=op.f("ck_taxes_one_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tax_category_id"], ["tax_categories.id"], name=op.f("fk_taxes_tax_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxes")),
        sa.UniqueConstraint(
            "tax_category_id", "position", name=op.f("uq_taxes_tax_category_id_position")
        ),
    )
    op.create_table(
        "auth_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", Text, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("pattern", Text, nullable=False),
        sa.Column("operator", Text, server_default="NONE", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('equals', 'prefix', 'regex')", name=op.f("ck_auth_codes_kind")
        ),
        sa.CheckConstraint(
            "operator IN ('NONE', 'AND', 'OR')", name=op.f("ck_auth_codes_operator")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_auth_codes_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_codes")),
        sa.UniqueConstraint(
            "customer_id", "position", name=op.f("uq_auth_codes_customer_id_position")
        ),
    )
    op.create_table(
        "customer_charges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charges.id"], name=op.f("fk_customer_charges_charge_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_charges_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_charges")),
    )
    with op.batch_alter_table("customer_charges", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_charges_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["cdr_files.id"], name=op.f("fk_deliveries_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_file_id"), ["file_id"], unique=False)

    op.create_table(
        "duplicates",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("call_key", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["cdr_files.id"], name=op.f("fk_duplicates_file_id")),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_duplicates")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("duplicates", schema=None) as batch_op:
        batch_op.create_index("ix_duplicates_started_at", ["started_at", "call_key"], unique=False)

    op.create_table(
        "file_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("holder", Text, nullable=False),
        sa.Column("outcome", Text, nullable=True),
        sa.Column("error", Text, nullable=True),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        sa.Column("loaded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duplicate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ignored", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["cdr_files.id"], name=op.f("fk_file_attempts_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_attempts")),
    )
    with op.batch_alter_table("file_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_attempts_file_id"), ["file_id"], unique=False)

    op.create_table(
        "growing_offsets",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("path", Text, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), nullable=False),
        sa.Column("next_line", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["cdr_files.id"], name=op.f("fk_growing_offsets_file_id")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_growing_offsets")),
        sa.UniqueConstraint("path", name=op.f("uq_growing_offsets_path")),
    )
    op.create_table(
        "ignored_lines",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["cdr_files.id"], name=op.f("fk_ignored_lines_file_id")
        ),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_ignored_lines")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", Text, nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("status", Text, nullable=False),
        sa.Column("external", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("net_micros", sa.BigInteger(), nullable=False),
        sa.Column("tax_micros", sa.BigInteger(), nullable=False),
        sa.Column("total_micros", sa.BigInteger(), nullable=False),
        sa.Column("outdated", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status <> 'RECORDED' OR deleted_at IS NULL", name=op.f("ck_invoices_recorded_stays")
        ),
        sa.CheckConstraint(
            "status <> 'RECORDED' OR number IS NOT NULL",
            name=op.f("ck_invoices_recorded_has_number"),
        ),
        sa.CheckConstraint("status IN ('DRAFT', 'RECORDED')", name=op.f("ck_invoices_status")),
        sa.CheckConstraint(
            "total_micros = net_micros + tax_micros", name=op.f("ck_invoices_adds_up")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoices_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_invoices_status", ["status", "invoice_date"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("method", Text, server_default="", nullable=False),
        sa.Column("notes", Text, server_default="", nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('payment', 'reversal', 'refund', 'credit_note', 'write_off')",
            name=op.f("ck_payments_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["payments.id"], name=op.f("fk_payments_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payments_reverses_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_payments_paid_on", ["paid_on"], unique=False)

    op.create_table(
        "rejections",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("raw", Text, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["cdr_files.id"], name=op.f("fk_rejections_file_id")),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_rejections")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "free_invoice_numbers",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_free_invoice_numbers")),
    )
    op.create_table(
        "invoice_coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("after_version", sa.BigInteger(), nullable=False),
        sa.Column("upto_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_invoice_coverage_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.id"],
            name=op.f("fk_invoice_coverage_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_coverage")),
    )
    with op.batch_alter_table("invoice_coverage", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invoice_coverage_customer", ["customer_id", "to_day"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_coverage_invoice_id"), ["invoice_id"], unique=False
        )

    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("description", Text, nullable=False),
        sa.Column("rate_table_id", sa.Integer(), nullable=True),
        sa.Column("customer_charge_id", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("billed_s", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exact_micros", sa.BigInteger(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_charge_id"],
            ["customer_charges.id"],
            name=op.f("fk_invoice_lines_customer_charge_id"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["rate_table_id"],
            ["rate_tables.id"],
            name=op.f("fk_invoice_lines_rate_table_id"),
        ),
        sa.PrimaryKeyConstraint("invoice_id", "position", name=op.f("pk_invoice_lines")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "payment_allocations",
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_payment_allocations_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_allocations_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name=op.f("pk_payment_allocations")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("payment_allocations", schema=None) as batch_op:
        batch_op.create_index("ix_payment_allocations_invoice", ["invoice_id"], unique=False)
