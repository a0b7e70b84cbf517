"""Faults of ingest, files, store, web and running that the suite's own tests do in every run."""

from bench.faults.case import InSuite

TESTED = (
    InSuite(
        "I4",
        "four ingests at once",
        "each file is worked on once; all exit 0",
        {
            "ingest/test_faults.py": (
                "test_four_ingests_at_once_work_on_each_file_once",
                "test_of_many_claimants_one_gets_the_file",
            )
        },
    ),
    InSuite(
        "I5",
        "a lease whose holder lost power; a mark left behind",
        "the next run takes the file back, the attempt is counted",
        {
            "ingest/test_faults.py": (
                "test_a_holder_is_gone_when_its_process_is",
                "test_a_lease_of_another_machine_ends_when_it_is_not_extended",
                "test_a_recovery_that_is_cut_short_is_made_up_for_by_the_next_run",
            )
        },
    ),
    InSuite(
        "I6",
        "a file that kills whoever reads it",
        "after three attempts it is set aside; the others go on",
        {
            "ingest/test_faults.py": (
                "test_a_file_that_kills_its_holders_is_set_aside_and_the_others_go_on",
                "test_a_mistake_of_ours_is_tried_again_and_then_sets_the_file_aside",
            )
        },
    ),
    InSuite(
        "I9",
        "the same content again, under any name and in any folder",
        "recognised; no new row; the copy that the archive lacks is kept",
        {
            "ingest/test_repeats.py": (
                "test_the_same_content_again_is_a_repeated_delivery",
                "test_the_same_content_twice_in_one_look_is_loaded_once",
            ),
            "ingest/test_archive.py": (
                "test_a_file_whose_archived_copy_expired_is_kept_when_it_is_delivered_again",
            ),
            "ingest/test_growing.py": (
                "test_a_copy_of_a_growing_file_is_refused_and_no_call_of_it_counts_twice",
            ),
        },
    ),
    InSuite(
        "I10",
        "the same name with new content",
        "exactly the new lines are added",
        {"ingest/test_repeats.py": ("test_the_same_name_with_ten_more_lines_adds_exactly_ten",)},
    ),
    InSuite(
        "I11",
        "lines repeated within a file, across files and days, in any order",
        "each call once, each repetition counted once",
        {
            "ingest/test_repeats.py": (
                "test_an_overlapping_file_loads_each_call_once_and_names_the_original",
                "test_a_call_repeated_within_a_file_counts_once",
            )
        },
    ),
    InSuite(
        "I13",
        "a file of a numbered series is missing, comes late, or the series begins again",
        "the gap is told with its ends, and closes when the file arrives",
        {
            "ingest/test_sequences.py": (
                "test_a_missing_file_is_told_and_closes_when_it_arrives",
                "test_in_1000_files_in_any_order_every_planted_gap_is_known_and_no_other",
            ),
        },
    ),
    InSuite(
        "I14",
        "a file that is still written",
        "left until it rests or is marked complete",
        {
            "ingest/test_inbox.py": (
                "test_a_file_that_rested_is_taken_and_one_that_did_not_is_left",
            ),
            "ingest/test_taking_in.py": (
                "test_a_file_that_is_still_written_is_left_until_it_rests",
            ),
        },
    ),
    InSuite(
        "I17",
        "an older backup is restored",
        "files in the archive that it does not know are found and taken in as they were",
        {
            "ingest/test_archive.py": (
                "test_files_that_a_restored_store_forgot_are_found_and_taken_in_as_they_were",
                "test_a_forgotten_file_of_the_same_number_and_name_is_not_overwritten",
            )
        },
    ),
    InSuite(
        "I21",
        "a folder is closed to this user: one of the inbox, the inbox itself, work, the archive",
        "what can be taken is taken; else exit 2 with path and owner before a file is begun",
        {
            "ingest/test_closed_folders.py": (
                "test_a_folder_of_the_inbox_that_cannot_be_read_is_named_and_all_else_is_taken",
                "test_an_inbox_that_cannot_be_read_ends_the_run_with_its_path_and_owner",
                "test_a_folder_that_another_user_made_for_an_ingest_ends_the_run_before_a_file_is_begun",
            )
        },
    ),
    InSuite(
        "I22",
        "the inbox's disk is not there, and comes back",
        "exit 2; what waited waits, and what was gone is taken when it is there again",
        {
            "ingest/test_missing_inbox.py": (
                "test_a_missing_inbox_ends_the_run_with_its_path_and_how_to_make_it",
                "test_files_that_waited_keep_waiting_while_the_inbox_is_not_there",
                "test_a_file_that_was_gone_and_is_there_again_is_taken_in",
            )
        },
    ),
    InSuite(
        "I23",
        "a mistake in a profile of one's own",
        "exit 2 with its path; no attempt is used up, and all is taken when it is mended",
        {
            "ingest/test_own_profiles.py": (
                "test_files_wait_while_an_own_profile_is_wrong_and_are_taken_when_it_is_mended",
                "test_a_profile_that_breaks_while_a_run_goes_on_sends_the_file_back_to_waiting",
            )
        },
    ),
    InSuite(
        "I24",
        "what a run prints goes to a full disk or to nobody",
        "every file is taken, and stderr says that the report was lost",
        {
            "ingest/test_commands.py": (
                "test_all_files_are_taken_whatever_becomes_of_what_is_printed",
            )
        },
    ),
    InSuite(
        "F1",
        "empty, a header alone",
        "an error with the reason, or success with nothing; the lines balance",
        {
            "ingest/test_identify.py": (
                "test_a_header_alone_is_a_file_of_its_format",
                "test_a_file_without_anything_in_it_is_empty",
            )
        },
    ),
    InSuite(
        "F3",
        "a packed file that is cut, damaged, or of several members",
        "an error with the reason, or read in full",
        {
            "ingest/test_unpack.py": (
                "test_a_file_that_is_cut_off_anywhere_is_truncated",
                "test_a_damaged_check_sum_is_noticed",
                "test_rubbish_behind_a_gzip_is_noticed",
                "test_all_members_of_a_gzip_are_read",
            )
        },
    ),
    InSuite(
        "F4",
        "a packed file that expands without end, or lists 100,000 members",
        "refused early, by size, ratio and number",
        {
            "ingest/test_unpack.py": (
                "test_what_expands_beyond_its_bound_is_refused_early",
                "test_a_zip_with_too_many_members_is_refused",
            )
        },
    ),
    InSuite(
        "F6",
        "NUL and control characters",
        "the line is rejected with its reason",
        {"ingest/test_read.py": ("test_one_bad_line_costs_no_other_one",)},
    ),
    InSuite(
        "F7",
        "byte order mark, CRLF, lone CR, mixed ends, no last newline",
        "the same calls as a clean file",
        {
            "ingest/test_read.py": (
                "test_every_kind_of_line_end_gives_the_same_calls",
                "test_a_byte_order_mark_and_a_missing_last_newline_change_nothing",
            )
        },
    ),
    InSuite(
        "F8",
        "UTF-16, Latin-1, mixed encodings",
        "read, or the line is rejected, never the file",
        {
            "ingest/test_read.py": (
                "test_utf_16_is_read_by_its_byte_order_mark",
                "test_a_line_in_the_fallback_encoding_is_read",
            )
        },
    ),
    InSuite(
        "F9",
        "unclosed and stray quotes, ragged rows",
        "every physical line is accounted for",
        {
            "ingest/test_read.py": (
                "test_a_quote_that_opens_inside_a_line_swallows_no_other_line",
                "test_no_bytes_crash_the_reader_or_unbalance_the_lines",
            )
        },
    ),
    InSuite(
        "F10",
        "columns renamed, reordered, doubled, missing",
        "read by name, or an error that says what is missing",
        {
            "ingest/test_identify.py": (
                "test_a_file_of_another_kind_says_of_every_format_why_it_is_not_it",
            ),
            "ingest/test_read.py": (
                "test_columns_that_a_new_option_adds_in_the_middle_of_a_file_are_read",
            ),
        },
    ),
    InSuite(
        "F11",
        "numbers and times in forms that a spreadsheet or a hand leaves",
        "exactly the declared form is read; all else is rejected",
        {"ingest/test_times.py": ("test_only_what_is_exactly_of_the_format_is_read",)},
    ),
    InSuite(
        "F12",
        "times that contradict each other",
        "rejected or flagged, by the golden pairs of every format",
        {"ingest/test_golden.py": ("test_a_golden_file_gives_exactly_what_is_written_beside_it",)},
    ),
    InSuite(
        "F13",
        "a picture, a program, a table of something else, a plain file called .gz",
        "an error that says what it is not",
        {
            "ingest/test_identify.py": ("test_a_binary_file_is_not_text",),
            "ingest/test_unpack.py": ("test_a_plain_file_called_gz_is_refused",),
        },
    ),
    InSuite(
        "F14",
        "links, pipes, devices, folders in the inbox",
        "refused without being touched",
        {
            "ingest/test_inbox.py": (
                "test_whatever_is_no_plain_file_of_its_own_is_refused_without_being_touched",
            )
        },
    ),
    InSuite(
        "F15",
        "names with newlines, markup, 255 bytes, no UTF-8",
        "kept under the file's own number; shown as text",
        {
            "ingest/test_inbox.py": ("test_odd_names_survive_and_are_kept_under_an_id",),
            "ingest/test_taking_in.py": ("test_odd_names_go_through_and_are_kept_under_an_id",),
        },
    ),
    InSuite(
        "D1",
        "the disk fills while a file is loaded",
        "clean stop, exit 2, no half file; once there is room it is loaded once",
        {
            "ingest/test_store_faults.py": (
                "test_a_disk_that_fills_while_a_file_is_loaded_ends_the_run_and_leaves_no_half_file",
                "test_when_there_is_room_again_the_file_is_loaded_once_and_every_sum_is_right",
            )
        },
    ),
    InSuite(
        "D2",
        "too little room before a file is begun",
        "it is not begun, waits, and the run says what is needed",
        {"ingest/test_store_faults.py": ("test_without_room_a_file_is_not_begun_and_waits",)},
    ),
    InSuite(
        "D3",
        "store or folder that may not be written",
        "a message that names the right; no stack trace",
        {
            "ingest/test_store_faults.py": (
                "test_a_store_that_may_not_be_written_ends_the_run_with_the_right_that_it_lacks",
            )
        },
    ),
    InSuite(
        "D4",
        "another process holds the write lock",
        "the run ends saying so; the next one takes the file in",
        {
            "ingest/test_store_faults.py": (
                "test_a_lock_that_is_held_ends_the_run_and_the_next_one_takes_the_file_in",
            )
        },
    ),
    InSuite(
        "D5",
        "a store that is corrupt, cut, zeroed, empty, foreign, lost",
        "refused or reported; never replaced by an empty one",
        {
            "data/store/test_connect.py": (
                "test_what_is_not_our_store_is_refused_and_left_alone",
                "test_opening_never_makes_a_store",
            ),
            "data/doctor/test_doctor.py": (
                "test_each_damage_of_the_store_is_reported_with_the_way_back",
            ),
        },
    ),
    InSuite(
        "D6",
        "a flipped bit in an amount or a duration",
        "found by the doctor's audit, always",
        {
            "data/store/test_audit.py": (
                "test_every_flipped_bit_in_an_amount_or_a_duration_is_found",
            )
        },
    ),
    InSuite(
        "D10",
        "an old SQLite library",
        "a warning that names the race",
        {"data/doctor/test_doctor.py": ("test_an_old_sqlite_is_a_warning_that_names_the_race",)},
    ),
    InSuite(
        "O5",
        "the server, or the store, is gone while the page is open",
        "the page says so and is current again without a reload",
        {
            "browser/test_live_page.py": (
                "test_a_server_that_is_gone_is_told_at_once_and_its_return_is_noticed",
                "test_a_store_that_fails_greys_the_figures_and_its_return_clears_them",
            ),
        },
    ),
    InSuite(
        "O3",
        "a server slower than the page's timer",
        "one request in flight; the page stays current",
        {
            "browser/test_slow_server.py": (
                "test_a_server_slower_than_the_timer_has_one_request_in_flight_and_is_shown",
            )
        },
    ),
    InSuite(
        "O11",
        "a service that is broken into",
        "own user, read-only code, no network for the ingest, exposure at most 3 of 10",
        {
            "deploy/test_units.py": (
                "test_systemd_accepts_every_unit",
                "test_a_service_is_well_shut_in",
                "test_the_product_runs_as_its_own_user_and_what_reads_files_has_no_network",
            )
        },
    ),
)
