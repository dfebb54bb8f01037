"""The faults that are tried, by number: each has tests that are there, and a row in the document."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FAULTS: Final = "tests/faults/"
MIGRATE: Final = "tests/storage/test_migrate.py::"
E2E: Final = "tests/e2e/"

TESTS: Final[dict[int, tuple[str, ...]]] = {
    1: (
        f"{FAULTS}test_killed.py::test_a_sender_that_is_killed_at_any_step_doubles_and_loses_nothing",
        f"{FAULTS}test_every_call.py::test_whichever_call_to_the_database_fails_each_message_goes_once_and_one_line_says_why",
        f"{FAULTS}test_every_call.py::test_whichever_call_to_slack_fails_each_message_goes_once",
        "tests/jobs/test_delivery_trial.py::test_every_message_arrives_once_whatever_happens_to_those_who_send",
        "tests/jobs/test_folding.py::test_a_sender_that_is_lost_at_any_step_doubles_and_loses_neither",
    ),
    2: (
        "tests/jobs/test_delivery_trial.py::test_every_message_arrives_once_whatever_happens_to_those_who_send",
        "tests/jobs/test_delivery.py::test_a_process_that_was_frozen_before_the_call_does_not_make_it",
    ),
    3: (
        f"{E2E}test_process.py::test_it_gets_ready_stays_small_and_stops_cleanly",
        f"{E2E}test_process.py::test_it_stops_in_time_while_slack_hangs",
        f"{E2E}test_pressure.py::test_answers_in_hand_are_finished_when_the_bot_stops",
        f"{E2E}test_sockets.py::test_everything_that_was_acknowledged_before_it_was_stopped_is_answered",
        "tests/connection/test_stopping.py::test_what_hangs_is_named_and_left_behind",
        "tests/jobs/test_delivery.py::test_being_stopped_finishes_the_message_in_hand_and_gives_back_the_others",
    ),
    4: (
        f"{FAULTS}test_postgresql_gone.py::test_a_server_killed_while_a_day_is_swapped_in_leaves_the_day_as_it_was",
        f"{FAULTS}test_postgresql_gone.py::test_a_server_killed_while_notes_are_planned_plans_all_of_them_or_none_and_then_each_once",
        f"{FAULTS}test_postgresql_gone.py::test_a_server_killed_while_messages_go_doubles_and_loses_none",
        f"{E2E}test_database_faults.py::test_while_postgresql_is_away_people_read_a_sentence_and_afterwards_their_figures",
    ),
    5: (
        f"{FAULTS}test_postgresql_gone.py::test_while_postgresql_says_nothing_people_are_acknowledged_told_so_and_answered_afterwards",
    ),
    6: (
        f"{FAULTS}test_slack_answers.py::test_an_answer_that_says_nothing_clear_is_looked_up_and_the_message_goes_once",
        f"{FAULTS}test_slack_answers.py::test_after_429_nobody_sends_until_slack_said_and_one_line_says_so",
        f"{FAULTS}test_slack_answers.py::test_an_answer_that_says_nothing_clear_to_any_other_question_is_one_plain_error",
        "tests/jobs/test_delivery.py::test_a_message_without_a_clear_answer_is_looked_for_before_it_is_sent_again",
        "tests/jobs/test_delivery.py::test_in_a_storm_of_429_everybody_waits_as_long_as_slack_says_and_nothing_is_given_up",
        f"{E2E}test_slack_faults.py::test_an_answer_that_cannot_be_delivered_is_one_line_in_the_log",
    ),
    7: (
        f"{FAULTS}test_repeated_events.py::test_an_event_that_comes_again_in_any_way_has_one_effect",
        f"{FAULTS}test_repeated_events.py::test_an_event_whose_first_copy_was_never_seen_is_taken_when_it_comes_again",
        f"{E2E}test_repeats.py::test_switching_on_again_and_again_makes_one_person",
        f"{E2E}test_repeats.py::test_two_clicks_on_switch_it_on_make_one_person",
        f"{E2E}test_repeats.py::test_a_repeated_question_is_answered_to_the_same_person_again",
    ),
    8: (
        f"{MIGRATE}test_two_processes_that_migrate_at_once_both_end_at_the_newest",
        f"{MIGRATE}test_a_database_of_a_newer_version_is_left_alone_and_named",
        "tests/deploy/test_two_replicas.py::test_two_replicas_share_the_work_outlive_each_other_and_a_newer_schema",
        "tests/web/test_health.py::test_a_replica_that_runs_stays_ready_on_the_schema_of_the_next_release",
    ),
    9: (
        f"{FAULTS}test_clocks.py::test_everybody_gets_one_note_a_week_at_their_own_hour_and_misses_none",
        "tests/domain/test_subscription.py::test_on_the_days_on_which_clocks_change_the_note_comes_once",
        "tests/domain/test_subscription.py::test_who_moves_or_changes_the_day_misses_no_week",
        "tests/jobs/test_delivery.py::test_a_clock_that_is_put_back_doubles_and_loses_nothing",
        "tests/jobs/test_delivery.py::test_a_clock_that_was_a_year_ahead_holds_nothing_up",
    ),
    10: (
        f"{FAULTS}test_clocks.py::test_after_an_absence_over_the_hour_the_note_goes_once_and_is_the_newest",
        f"{FAULTS}test_clocks.py::test_of_the_nights_in_which_the_bot_was_away_one_is_made_up_for",
        "tests/jobs/test_team_digests.py::test_after_an_absence_of_the_bot_the_newest_is_made_up_for_within_a_day",
    ),
    11: (
        f"{FAULTS}test_killed.py::test_a_pull_that_is_killed_between_two_pages_is_made_whole_by_the_next",
        f"{FAULTS}test_killed.py::test_a_pull_that_is_killed_while_it_writes_leaves_each_day_as_it_was_or_as_it_is_to_be",
        f"{FAULTS}test_every_call.py::test_whichever_request_of_a_pull_fails_each_day_is_the_old_one_or_the_new_one",
        f"{FAULTS}test_every_call.py::test_whichever_call_to_the_database_fails_in_a_pull_each_day_is_the_old_one_or_the_new_one",
    ),
    12: (
        f"{FAULTS}test_ingest.py::test_after_a_revision_the_tables_hold_exactly_what_was_said_last",
        f"{FAULTS}test_ingest.py::test_a_page_that_comes_twice_changes_nothing_and_is_said",
        f"{FAULTS}test_ingest.py::test_a_report_that_changes_between_two_pages_is_right_after_the_next_run",
        f"{E2E}test_all_sources.py::test_what_is_stored_is_what_the_sources_hold_again_and_after_they_revised_two_days",
    ),
    13: (
        f"{FAULTS}test_ingest.py::test_of_records_that_cannot_be_it_is_counted_that_they_were_left_out_and_the_rest_lands",
        f"{FAULTS}test_ingest.py::test_names_that_nobody_expects_harm_nothing",
        "tests/connectors/test_litellm_failures.py::test_a_bad_row_is_left_out_alone_and_the_day_is_incomplete",
    ),
    14: (
        f"{FAULTS}test_disk.py::test_on_a_full_disk_people_read_their_figures_and_are_told_that_nothing_was_stored",
        f"{FAULTS}test_disk.py::test_on_a_disk_that_can_only_be_read_it_does_not_start_and_says_why",
        f"{FAULTS}test_disk.py::test_a_log_that_cannot_be_written_stops_nothing",
        f"{E2E}test_database_faults.py::test_on_a_full_disk_nothing_is_half_stored_and_people_are_told",
    ),
    15: (
        f"{FAULTS}test_disk.py::test_of_a_log_of_writes_that_is_cut_off_everything_before_the_cut_is_there",
        f"{FAULTS}test_disk.py::test_a_log_of_writes_with_a_flipped_bit_is_believed_up_to_there",
        f"{FAULTS}test_disk.py::test_a_file_that_was_lost_is_not_taken_for_a_new_one",
        f"{FAULTS}test_disk.py::test_a_backup_that_is_put_back_under_a_running_bot_is_noticed_before_anything_is_mixed",
        f"{E2E}test_database_faults.py::test_a_database_that_is_damaged_is_said_too",
    ),
    16: (
        f"{FAULTS}test_contention.py::test_of_many_who_write_and_read_at_once_nobody_is_turned_away_and_no_update_is_lost",
        "tests/storage/test_engine.py::test_of_200_increments_by_4_threads_none_is_lost",
    ),
    17: ("tests/storage/test_engine.py::test_a_serialization_failure_is_tried_again",),
    18: ("tests/storage/test_sharding.py::", "tests/storage/test_statements.py::"),
    19: (
        f"{FAULTS}test_text_model.py::test_whatever_the_text_model_answers_the_author_gets_the_form_with_their_own_words",
        "tests/test_drafting.py::test_one_that_stalls_or_drips_is_left_behind",
    ),
    20: (
        f"{E2E}test_sockets.py::test_a_socket_that_is_up_and_silent_is_made_anew",
        f"{E2E}test_sockets.py::test_nothing_that_was_acknowledged_is_lost_over_many_reconnects",
        f"{E2E}test_sockets.py::test_a_bot_that_hears_nothing_on_any_new_socket_ends_in_one_line",
        "tests/connection/test_rules.py::test_who_stays_deaf_is_given_up_within_two_minutes_after_three_new_clients",
    ),
    21: (
        f"{E2E}test_pressure.py::test_forty_people_at_once_on_a_slow_database_are_acknowledged_and_answered",
        f"{E2E}test_pressure.py::test_a_full_pool_says_so_at_once_and_nothing_is_lost_later",
        "tests/storage/test_failures.py::test_a_pool_without_a_free_connection_says_so",
    ),
    22: (
        f"{FAULTS}test_minds_changed.py::test_who_changes_their_mind_or_leaves_after_it_was_planned_gets_nothing_and_others_get_theirs",
        "tests/jobs/test_delivery.py::test_who_leaves_pauses_or_changes_their_mind_while_it_is_composed_gets_nothing",
        "tests/jobs/test_delivery.py::test_who_was_deactivated_in_slack_a_moment_ago_gets_nothing",
    ),
    23: (
        f"{FAULTS}test_slack_answers.py::test_a_bot_that_is_refused_in_mid_batch_stops_says_so_once_and_goes_on_later_without_doubling",
        "tests/jobs/test_delivery.py::test_a_revoked_token_stops_the_run_and_is_told_once_when_it_works_again",
    ),
    24: (f"{FAULTS}test_leaks.py::test_memory_and_files_of_a_bot_stay_level_however_much_is_asked",),
    25: (
        f"{MIGRATE}test_a_migration_that_fails_leaves_no_claim_and_no_tables",
        f"{MIGRATE}test_a_claim_of_a_process_that_died_is_taken_over",
        f"{MIGRATE}test_a_migration_that_is_killed_leaves_what_was_there_and_the_next_one_succeeds_at_once",
        f"{MIGRATE}test_from_every_released_schema_each_row_comes_along_and_can_be_read",
    ),
}


def named_in(path: str) -> set[str]:
    """Return the names of the tests in a file, without importing it."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}


def test_the_list_has_all_of_them() -> None:
    assert list(TESTS) == list(range(1, 26))
    assert all(TESTS.values())


@pytest.mark.parametrize("number", TESTS)
def test_what_tries_a_fault_is_there(number: int) -> None:
    for each in TESTS[number]:
        path, _, name = each.partition("::")
        found = named_in(path)

        assert name in found if name else found, each


def test_the_document_names_every_fault_once() -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "docs/faults.md").read_text("utf-8"), re.MULTILINE)

    assert [int(row) for row in rows] == list(TESTS)
