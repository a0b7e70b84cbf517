"""Faults of money, of time and of both databases that the suite's own tests do in every run."""

from bench.faults.case import InSuite

MONEY = (
    InSuite(
        "M1",
        "amounts that do not come out even",
        "rounded once, half up, by line; an invoice's total is the sum of its printed lines",
        {
            "data/domain/test_invoicing.py": (
                "test_each_line_is_rounded_half_up_once_and_keeps_what_it_was",
                "test_a_total_is_the_sum_of_its_printed_lines",
            )
        },
    ),
    InSuite(
        "M2",
        "a float on the way of an amount",
        "there is none in the code, none in a column",
        {
            "data/test_money_types.py": (
                "test_modules_of_money_know_no_float_and_no_true_division",
                "test_money_is_never_divided_truly_or_made_a_float_anywhere",
                "test_every_column_of_money_is_an_integer_of_64_bits",
            )
        },
    ),
    InSuite(
        "M3",
        "sums beyond what a browser, and what 64 bits, hold exactly",
        "exact, or an error; never another number",
        {
            "data/test_bounds.py": (
                "test_sums_beyond_what_a_browser_holds_exactly_lose_no_unit",
                "test_sums_beyond_64_bits_are_an_error_and_not_another_number",
            )
        },
    ),
    InSuite(
        "M4",
        "calls are priced again under the same rates",
        "the same rows",
        {
            "ingest/test_reprocess.py": (
                "test_processing_again_without_a_change_gives_the_same_rows",
                "test_processing_again_replaces_and_never_adds",
            )
        },
    ),
    InSuite(
        "M5",
        "edges of rates: prefixes, versions, bands, increments, maxima, gaps",
        "the arrays price as the rule for one call does; no price is a state, never 0",
        {
            "ingest/test_rate.py": (
                "test_arrays_price_as_the_scalar_rule_does",
                "test_the_longest_prefix_of_an_array_is_that_of_each_number",
            ),
            "data/domain/test_rating.py": (
                "test_increments_are_billed_whole",
                "test_the_version_in_force_on_the_day_prices_the_call",
                "test_a_number_without_a_prefix_has_no_rate",
            ),
        },
    ),
    InSuite(
        "M6",
        "clocks put forward and back, days of 23 and 25 hours, odd zones",
        "every local time gives the instant that it was; a day has its zone's hours",
        {
            "data/domain/test_periods.py": ("test_a_day_has_the_hours_that_its_zone_gives_it",),
            "ingest/test_times.py": (
                "test_a_column_of_local_times_gives_what_zoneinfo_gives_one_by_one",
            ),
            "ingest/test_rate.py": ("test_wall_clocks_of_an_array_are_those_of_each_instant",),
            "data/domain/test_rating.py": (
                "test_the_local_clock_decides_on_the_days_that_it_is_put_forward_and_back",
            ),
        },
    ),
    InSuite(
        "M8",
        "a double click; sixteen people do the same at once",
        "one effect; the others are told",
        {
            "data/test_one_effect.py": (
                "test_sixteen_at_once_have_one_effect_and_fifteen_are_told",
                "test_one_form_that_arrives_sixteen_times_at_once_enters_one_payment",
                "test_sixteen_bill_runs_at_once_bill_every_call_once",
            ),
            "callbacks/test_actions.py": (
                "test_a_double_click_enters_a_payment_once_and_a_second_dialog_another",
            ),
        },
    ),
    InSuite(
        "M9",
        "a step that no rule allows, such as deleting a recorded invoice",
        "refused, by the store itself too",
        {
            "data/test_one_effect.py": (
                "test_only_the_steps_of_the_rules_are_taken",
                "test_the_store_itself_refuses_a_recorded_invoice_that_cannot_be",
            )
        },
    ),
    InSuite(
        "M10",
        "calls arrive for a period that is invoiced",
        "the invoice stays as it was; they have a line of their own on the next one",
        {
            "data/test_one_effect.py": (
                "test_calls_that_come_late_leave_the_recorded_invoice_as_it_was",
            ),
            "data/test_bill_run.py": ("test_late_calls_have_their_own_line_on_the_next_invoice",),
        },
    ),
    InSuite(
        "M11",
        "an invoice of nothing, of less, or of more than anybody owes",
        "none is made, or the run stops and names the customer",
        {
            "data/test_bounds.py": (
                "test_what_comes_to_nothing_or_less_is_no_invoice_and_waits",
                "test_one_customer_beyond_the_bound_stops_the_whole_run",
                "test_a_charge_that_began_a_century_ago_stops_the_run",
            )
        },
    ),
    InSuite(
        "M12",
        "a second currency",
        "refused, never added",
        {
            "data/test_bounds.py": ("test_lines_of_one_rate_with_two_currencies_never_meet",),
            "data/exchange/test_xero.py": ("test_another_currency_and_a_shared_name_are_refused",),
        },
    ),
    InSuite(
        "D11",
        "the same files on SQLite and on PostgreSQL",
        "the same rows and figures",
        {
            "test_same_on_both.py": (
                "test_the_demo_comes_to_the_same_rows_and_figures_on_both_databases",
            )
        },
    ),
    InSuite(
        "O4",
        "a page is left open over night: the machine sleeps, the session ends",
        "it asks once and goes on at its pace; the session's end is said and leads to the login, "
        "in an open dialog or panel too; so are a server that is gone and a role that was taken "
        "away",
        {
            "browser/test_outlived_page.py": (
                "test_a_page_that_slept_asks_once_and_one_whose_session_ended_leads_to_the_login",
                "test_what_stops_a_payment_is_said_in_its_dialog_with_the_way_out",
            ),
        },
    ),
    InSuite(
        "O8",
        "a secret in the repository, in a log line, in a message",
        "there is none, and the scan finds those that are planted",
        {
            "test_secrets.py": (
                "test_no_file_of_the_repository_holds_a_secret",
                "test_the_scan_finds_what_it_looks_for",
                "test_no_line_of_a_command_carries_a_password_a_key_or_a_whole_number",
                "test_a_database_password_is_in_no_message",
            )
        },
    ),
)
