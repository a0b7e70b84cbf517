"""Every table of the store; a change here comes with a migration beside it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from data.domain.records import (
    Direction,
    Disposition,
    FileStatus,
    InvoiceStatus,
    MatchState,
    RateState,
    Role,
)
from data.store.types import Instant, Integer, Prefixes, Text, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, words: type[FileStatus | InvoiceStatus | Role]) -> CheckConstraint:
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


# --- the tenant, people, settings -------------------------------------------------------------

tenant = Table(
    "tenant",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    Column("tax_id", Text, nullable=False, server_default=""),
    Column("logo", LargeBinary),
    Column("bank", Text, nullable=False, server_default=""),
    Column("currency", String(3), nullable=False),
    Column("minor_digits", SmallInteger, nullable=False, server_default="2"),
    Column("timezone", Text, nullable=False),
    Column("days_to_pay", Integer, nullable=False, server_default="30"),
    Column("next_invoice_number", BigInteger, nullable=False, server_default="1"),
    Column("billing_start", Date),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # lower case
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("password_changed_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("theme", Text, nullable=False, server_default="system"),
    _one_of("role", Role),
)

identities = Table(
    "identities",
    metadata,
    # Who a person is to an OpenID Connect provider: its iss and sub, which never change.
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("linked_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),  # SHA-256 of the cookie's random id
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("authenticated_at", Instant, nullable=False),  # when a password was last given
    Column("expires_at", Instant, nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email_hash", String(64), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("failed_at", Instant, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    _one_of("role", Role),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text),  # JSON
    Column("after", Text),  # JSON
)

data_version = Table(
    "data_version",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

# --- customers and what they are charged ------------------------------------------------------

tax_categories = Table(
    "tax_categories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

taxes = Table(
    "taxes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tax_category_id", ForeignKey("tax_categories.id"), nullable=False),
    Column("position", Integer, nullable=False),  # stacked taxes apply in this order
    Column("name", Text, nullable=False),
    Column("rate_ppm", Integer),  # a percentage, in parts per million; else a fixed amount
    Column("amount_micros", BigInteger),
    Column("cap_micros", BigInteger),
    Column("stacked", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("(rate_ppm IS NULL) <> (amount_micros IS NULL)", name="one_kind"),
    UniqueConstraint("tax_category_id", "position"),
)

rate_tables = Table(
    "rate_tables",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("imported_at", Instant),
)

rates = Table(
    "rates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rate_table_id", ForeignKey("rate_tables.id", ondelete="CASCADE"), nullable=False),
    Column("pattern", Text, nullable=False),  # leading digits of the called number, E.164
    Column("effective_from", Date, nullable=False, server_default="1970-01-01"),
    Column("destination", Text, nullable=False, server_default=""),
    Column("initial_s", Integer, nullable=False, server_default="0"),
    Column("increment_s", Integer, nullable=False, server_default="1"),
    # A price per minute of billed seconds, or charges per period by band; not both.
    Column("per_minute_micros", BigInteger),
    Column("day_start_min", SmallInteger),
    Column("day_initial_micros", BigInteger),
    Column("day_increment_micros", BigInteger),
    Column("evening_start_min", SmallInteger),
    Column("evening_initial_micros", BigInteger),
    Column("evening_increment_micros", BigInteger),
    Column("night_start_min", SmallInteger),
    Column("night_initial_micros", BigInteger),
    Column("night_increment_micros", BigInteger),
    Column("weekend_initial_micros", BigInteger),
    Column("weekend_increment_micros", BigInteger),
    Column("connection_micros", BigInteger, nullable=False, server_default="0"),
    Column("compensation_micros", BigInteger, nullable=False, server_default="0"),
    Column("maximum_micros", BigInteger, nullable=False, server_default="0"),  # 0: none
    Column("markup_ppm", Integer),
    Column("blocked", Boolean, nullable=False, server_default=text("false")),
    Column("group_value", Text, nullable=False, server_default=""),
    # Replaced rates stay, because calls carry their ids and the worked price shows them.
    Column("retired_at", Instant),
    CheckConstraint("increment_s > 0", name="increment_positive"),
    CheckConstraint("initial_s >= 0", name="initial_not_negative"),
    Index(
        "uq_rates_active",
        "rate_table_id",
        "pattern",
        "effective_from",
        "group_value",
        unique=True,
        sqlite_where=text("retired_at IS NULL"),
        postgresql_where=text("retired_at IS NULL"),
    ),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("monthly_fee_micros", BigInteger, nullable=False, server_default="0"),
    Column("included_s", Integer, nullable=False, server_default="0"),
)

plan_destinations = Table(
    "plan_destinations",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("pattern", Text, primary_key=True),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("custid", Text, nullable=False, unique=True),
    Column("company", Text, nullable=False),
    Column("first_name", Text, nullable=False, server_default=""),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("street", Text, nullable=False, server_default=""),
    Column("street2", Text, nullable=False, server_default=""),
    Column("city", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default=""),
    Column("country", String(3), nullable=False, server_default=""),  # ISO 3166-1 alpha-3
    Column("zip", Text, nullable=False, server_default=""),
    Column("tel", Text, nullable=False, server_default=""),
    Column("tel2", Text, nullable=False, server_default=""),
    Column("fax", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("email2", Text, nullable=False, server_default=""),
    Column("vat", Text, nullable=False, server_default=""),
    Column("provider", Boolean, nullable=False, server_default=text("false")),
    Column("tax_category_id", ForeignKey("tax_categories.id")),
    Column("rate_table_id", ForeignKey("rate_tables.id")),
    Column("plan_id", ForeignKey("plans.id")),
    Column("billing_start", Date),
    Column("created_at", Instant, nullable=False),
    Column("deleted_at", Instant),
)

charges = Table(
    "charges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("amount_micros", BigInteger, nullable=False),
    Column("every_months", Integer, nullable=False, server_default="0"),  # 0: one time
)

customer_charges = Table(
    "customer_charges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("charge_id", ForeignKey("charges.id"), nullable=False),
    Column("from_day", Date, nullable=False),
    Column("to_day", Date),
)

auth_codes = Table(
    "auth_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("position", Integer, nullable=False),  # order among the customer's codes
    Column("field", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("operator", Text, nullable=False, server_default="NONE"),  # to the next code
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    CheckConstraint("kind IN ('equals', 'prefix', 'regex')", name="kind"),
    CheckConstraint("operator IN ('NONE', 'AND', 'OR')", name="operator"),
    UniqueConstraint("customer_id", "position"),
)

# --- sources, files, lines --------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),  # part of every call's key: never renamed
    Column("folder", Text, unique=True),  # below the inbox; none for a built-in source
    Column("profile", Text),  # none: identified by content
    Column("timezone", Text),  # none: what the file proves, else the tenant's, flagged
    Column("growing", Boolean, nullable=False, server_default=text("false")),
    Column("expect_every_s", Integer),
    Column("country_code", Text, nullable=False, server_default=""),
    Column("international_prefix", Text, nullable=False, server_default=""),
    Column("trunk_prefix", Text, nullable=False, server_default=""),
    Column("own_numbers", Text, nullable=False, server_default=""),  # patterns, by commas
    Column("toll_free_numbers", Text, nullable=False, server_default=""),  # likewise
    Column("rejected_ppm_tolerated", Integer),  # none: any number of rejections
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

cdr_files = Table(
    "cdr_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id")),  # none until a profile recognises the file
    Column("name", Text, nullable=False),  # as delivered, without folders
    Column("sha256", String(64), nullable=False, unique=True),
    Column("stored_bytes", BigInteger, nullable=False),
    Column("location", Text, nullable=False),  # inbox path, then archive path
    Column("status", Text, nullable=False),
    Column("profile", Text),
    Column("timezone", Text),  # as applied
    Column("received_at", Instant, nullable=False),
    Column("first_processed_at", Instant),
    Column("first_call_at", Instant),  # the span of its calls: how they are found again
    Column("last_call_at", Instant),
    Column("processed_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("holder", Text),  # who has it in work
    Column("leased_until", Instant),
    Column("lines", Integer, nullable=False, server_default="0"),
    Column("loaded", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("duplicate", Integer, nullable=False, server_default="0"),
    Column("ignored", Integer, nullable=False, server_default="0"),
    Column("error_code", Text),
    Column("error", Text),
    Column("dismissed_at", Instant),
    Column("dismissed_why", Text),
    Column("withdrawn_at", Instant),
    Column("expired_at", Instant),  # when retention removed its archived copy
    Column("replaces_id", ForeignKey("cdr_files.id")),
    Column("erased_at", Instant),  # when numbers were erased from its archived copy
    _one_of("status", FileStatus),
    CheckConstraint("lines = loaded + rejected + duplicate + ignored", name="balance"),
    Index("ix_cdr_files_status", "status", "processed_at"),
    Index("ix_cdr_files_received_at", "received_at"),
)

file_attempts = Table(
    "file_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_id", ForeignKey("cdr_files.id"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("holder", Text, nullable=False),
    Column("outcome", Text),  # none while in work, or lost with its holder
    Column("error", Text),
    Column("lines", Integer, nullable=False, server_default="0"),
    Column("loaded", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("duplicate", Integer, nullable=False, server_default="0"),
    Column("ignored", Integer, nullable=False, server_default="0"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_id", ForeignKey("cdr_files.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
)

growing_offsets = Table(
    "growing_offsets",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("offset_bytes", BigInteger, nullable=False),
    Column("next_line", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of the first bytes read
)

rejections = Table(
    "rejections",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
    sqlite_with_rowid=False,
)

ignored_lines = Table(
    "ignored_lines",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Records of one moment each whose other half is not in their own file.
open_halves = Table(
    "open_halves",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("pair_key", BigInteger, nullable=False),  # what the records of a call have in common
    Column("kind", SmallInteger, nullable=False),  # opens, answers, closes
    Column("moment", Text, nullable=False),  # as written
    Index("ix_open_halves_pair", "source_id", "pair_key"),
    sqlite_with_rowid=False,
)

# Stretches of a source's counter, without a gap, that one file holds.
sequence_runs = Table(
    "sequence_runs",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("stream", Text, nullable=False),  # the node that counts, where a source has several
    Column("first_number", BigInteger, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("from_at", Instant, nullable=False),  # when its numbers were given, about
    Column("to_at", Instant, nullable=False),
    Index("ix_sequence_runs_time", "source_id", "stream", "to_at"),
    sqlite_with_rowid=False,
)

sequence_gaps = Table(
    "sequence_gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("stream", Text, nullable=False),
    Column("first_number", BigInteger, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("until_at", Instant, nullable=False),  # when the number after it was given, about
    Column("noticed_at", Instant, nullable=False),
    Column("dismissed_at", Instant),
    Column("dismissed_why", Text),
    Index("ix_sequence_gaps_time", "source_id", "stream", "until_at"),
)

duplicates = Table(
    "duplicates",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),  # with call_key: which call it repeats
    Column("call_key", BigInteger, nullable=False),
    Index("ix_duplicates_started_at", "started_at", "call_key"),
    sqlite_with_rowid=False,
)

call_rows = Table(
    "calls",
    metadata,
    Column("started_at", Instant, primary_key=True),
    Column("call_key", BigInteger, primary_key=True, autoincrement=False),
    Column("file_id", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    # The data version that loaded it; with customer and day it tells the invoice
    # (invoice_coverage).
    Column("load_version", BigInteger, nullable=False),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Column("talk_ms", Integer, nullable=False),
    Column("calling_number", Text, nullable=False),
    Column("called_number", Text, nullable=False),
    Column("billing_number", Text),
    Column("direction", Word(Direction), nullable=False),
    Column("disposition", Word(Disposition), nullable=False),
    Column("time_flags", SmallInteger, nullable=False),
    Column("match_state", Word(MatchState), nullable=False),
    Column("customer_id", Integer),
    Column("provider_id", Integer),
    Column("rate_state", Word(RateState), nullable=False),
    Column("rate_id", Integer),
    Column("billed_s", Integer, nullable=False),
    Column("charge_micros", BigInteger),  # none: unrated or blocked; never 0 for want of a rate
    Column("cost_micros", BigInteger),  # none: unknown
    Column("cost_rate_id", Integer),  # none: unknown, or the file itself states the cost
    Column("override_value", Text),  # chooses among a table's rates; none: the file has none
    Index("ix_calls_customer", "customer_id", "started_at"),
    sqlite_with_rowid=False,
)

# A large file on its way in: its calls are committed a segment at a time, and count only when all
# are there.
unfinished_loads = Table(
    "unfinished_loads",
    metadata,
    Column("file_id", ForeignKey("cdr_files.id"), primary_key=True),
    Column("load_version", BigInteger, nullable=False),  # of its rows
    Column("first_call_at", Instant, nullable=False),
    Column("last_call_at", Instant, nullable=False),
)

# What everybody reads: a view of the rows above without those of unfinished loads.
calls = call_rows.to_metadata(MetaData(), name="finished_calls")

# --- rollups: additive, written with the calls -------------------------------------------------

usage_by_customer = Table(
    "usage_by_customer",
    metadata,
    Column("day", Date, primary_key=True),  # of started_at, in the tenant's zone
    Column("source_id", Integer, primary_key=True),
    Column("customer_id", Integer, primary_key=True),  # 0: unmatched or contested
    Column("direction", Word(Direction), primary_key=True),
    Column("invoice_id", Integer, primary_key=True),  # 0: on none
    Column("rate_table_id", Integer, primary_key=True, server_default="0"),  # 0: no rate
    Column("calls", Integer, nullable=False),
    Column("contested", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("no_answer", Integer, nullable=False),  # cancelled ones included
    Column("busy", Integer, nullable=False),
    Column("failed", Integer, nullable=False),  # congestion included
    Column("rated", Integer, nullable=False),  # answered calls with a price
    Column("unrated", Integer, nullable=False),  # answered calls that need a rate and have none
    Column("cost_unknown", Integer, nullable=False),  # priced calls without a known cost
    Column("talk_ms", BigInteger, nullable=False),
    Column("billed_s", BigInteger, nullable=False),
    Column("charge_micros", BigInteger, nullable=False),
    # Of priced calls: what calls without a price cost makes no margin.
    Column("cost_micros", BigInteger, nullable=False),
    Column("plan_micros", BigInteger, nullable=False),  # charge covered by included minutes
    Index("ix_usage_by_customer_customer", "customer_id", "invoice_id", "day"),
    Index("ix_usage_by_customer_invoice", "invoice_id"),
    sqlite_with_rowid=False,
)

usage_by_day = Table(
    "usage_by_day",
    metadata,
    # The rows of usage_by_customer by day alone, so that the page's cost knows no customers.
    Column("day", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("nobody", Integer, nullable=False),  # of them, calls without a customer
    Column("contested", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("no_answer", Integer, nullable=False),
    Column("busy", Integer, nullable=False),
    Column("unrated", Integer, nullable=False),  # of the calls that have a customer
    Column("cost_unknown", Integer, nullable=False),
    Column("talk_ms", BigInteger, nullable=False),
    Column("charge_micros", BigInteger, nullable=False),
    Column("cost_micros", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

margin_by_customer = Table(
    "margin_by_customer",
    metadata,
    # What the rules of attention ask of every customer, narrow enough to ask it at every change.
    Column("customer_id", Integer, primary_key=True, autoincrement=False),  # never nobody
    Column("day", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("cost_unknown", Integer, nullable=False),
    Column("charge_micros", BigInteger, nullable=False),
    Column("cost_micros", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

usage_by_destination = Table(
    "usage_by_destination",
    metadata,
    Column("day", Date, primary_key=True),
    Column("destination", Text, primary_key=True),  # empty: no rate matched
    Column("direction", Word(Direction), primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("talk_ms", BigInteger, nullable=False),
    Column("billed_s", BigInteger, nullable=False),
    Column("charge_micros", BigInteger, nullable=False),
    Column("cost_micros", BigInteger, nullable=False),  # of all, as far as known
    sqlite_with_rowid=False,
)

duplicates_by_day = Table(
    "duplicates_by_day",
    metadata,
    Column("day", Date, primary_key=True),  # of the call that was repeated
    Column("source_id", Integer, primary_key=True),
    Column("lines", Integer, nullable=False),
    sqlite_with_rowid=False,
)

tile_history = Table(
    "tile_history",
    metadata,
    Column("day", Date, primary_key=True),
    Column("tile", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# --- invoices and payments --------------------------------------------------------------------

invoices = Table(
    "invoices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, unique=True),  # none while a draft
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("external", Boolean, nullable=False, server_default=text("false")),  # imported
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("from_day", Date),
    Column("to_day", Date),
    Column("net_micros", BigInteger, nullable=False),
    Column("tax_micros", BigInteger, nullable=False),
    Column("total_micros", BigInteger, nullable=False),
    Column("outdated", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Instant, nullable=False),
    Column("recorded_at", Instant),
    Column("deleted_at", Instant),
    _one_of("status", InvoiceStatus),
    CheckConstraint("total_micros = net_micros + tax_micros", name="adds_up"),
    CheckConstraint("status <> 'RECORDED' OR number IS NOT NULL", name="recorded_has_number"),
    CheckConstraint("status <> 'RECORDED' OR deleted_at IS NULL", name="recorded_stays"),
    Index("ix_invoices_status", "status", "invoice_date"),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),  # data.domain.invoicing.LineKind
    Column("description", Text, nullable=False),
    # What was billed, so that it is billed once: a charge's occurrence, the days of a plan's fee.
    Column("rate_table_id", ForeignKey("rate_tables.id")),
    Column("customer_charge_id", ForeignKey("customer_charges.id")),
    Column("from_day", Date),
    Column("to_day", Date),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("billed_s", BigInteger, nullable=False, server_default="0"),
    # What a plan's fee bought, whatever the plan becomes later.
    Column("included_s", Integer, nullable=False, server_default="0"),
    Column("destinations", Prefixes, nullable=False, server_default=""),
    Column("exact_micros", BigInteger, nullable=False),  # before rounding to the minor unit
    Column("amount_micros", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

invoice_coverage = Table(
    "invoice_coverage",
    metadata,
    # Which calls an invoice takes: those of its customer, days and load versions. Disjoint among
    # live invoices, so that a call is on at most one, and no call row is rewritten by a bill run.
    Column("id", Integer, primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),  # inclusive
    Column("after_version", BigInteger, nullable=False),
    Column("upto_version", BigInteger, nullable=False),  # inclusive
    Index("ix_invoice_coverage_customer", "customer_id", "to_day"),
)

invoiced_differences = Table(
    "invoiced_differences",
    metadata,
    # Calls on recorded invoices that their file, processed again, would have given another
    # customer or price: the call stays as it is, and this is what it would be now.
    Column("started_at", Instant, primary_key=True),
    Column("call_key", BigInteger, primary_key=True, autoincrement=False),
    Column("file_id", ForeignKey("cdr_files.id"), nullable=False),
    Column("customer_id", Integer),
    Column("match_state", Word(MatchState), nullable=False),
    Column("rate_state", Word(RateState), nullable=False),
    Column("rate_id", Integer),
    Column("charge_micros", BigInteger),
    Column("line_now", Text),  # why its line makes this call no more; none: it still does
    Index("ix_invoiced_differences_file", "file_id"),
    sqlite_with_rowid=False,
)

free_invoice_numbers = Table(
    "free_invoice_numbers",
    metadata,
    # Numbers of invoices that went back to draft and were deleted; the next recorded take them.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("amount_micros", BigInteger, nullable=False),  # negative for reversals and refunds
    Column("method", Text, nullable=False, server_default=""),
    Column("notes", Text, nullable=False, server_default=""),
    Column("reverses_id", ForeignKey("payments.id"), unique=True),
    Column("created_at", Instant, nullable=False),
    Column("token", Text),  # of the form or command that entered it, which enters it once
    CheckConstraint(
        "kind IN ('payment', 'reversal', 'refund', 'credit_note', 'write_off')", name="kind"
    ),
    Index("ix_payments_paid_on", "paid_on"),
    Index("uq_payments_token", "token", unique=True),
)

payment_allocations = Table(
    "payment_allocations",
    metadata,
    Column("payment_id", ForeignKey("payments.id"), primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("amount_micros", BigInteger, nullable=False),
    Index("ix_payment_allocations_invoice", "invoice_id"),
    sqlite_with_rowid=False,
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("priority", Text, nullable=False, server_default="normal"),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("token", Text),  # of the form that opened it, which opens it once
    CheckConstraint("priority IN ('low', 'normal', 'high')", name="priority"),
    Index("uq_tickets_token", "token", unique=True),
)

# --- what left ---------------------------------------------------------------------------------

alerts = Table(
    "alerts",
    metadata,
    # Each is told once on each channel; a row without sent_at is claimed by who is telling it.
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("raised_at", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("sent_at", Instant),
    sqlite_with_rowid=False,
)
