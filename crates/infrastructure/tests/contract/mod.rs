//! The contract, by subject.

pub(crate) mod audit;
pub(crate) mod changes;
pub(crate) mod covariates;
pub(crate) mod guessing;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod migrations;
pub(crate) mod models;
pub(crate) mod observations;
pub(crate) mod repeats;
pub(crate) mod sequence_model;
pub(crate) mod statements;
pub(crate) mod summaries;
pub(crate) mod support;
pub(crate) mod tables;
pub(crate) mod tables_access;
pub(crate) mod tables_expansion;
pub(crate) mod tables_lists;
pub(crate) mod tables_records;
pub(crate) mod tables_retyping;
pub(crate) mod tables_sequences;
pub(crate) mod tables_support;
pub(crate) mod tables_tenancy;
pub(crate) mod tables_trash;
pub(crate) mod tables_views;
pub(crate) mod tenancy;
pub(crate) mod transactions;

/// Makes a test of every function of the contract on a fixture.
macro_rules! on_every_database {
    ($fixture:expr) => {
        crate::contract::on_every_database! { $fixture;
            tenancy: another_companys_rows_are_invisible, another_companys_rows_cannot_be_changed_or_referred_to, users_reach_only_the_accounts_assigned_to_them, an_assignment_with_an_unknown_handle_changes_nothing, an_assignment_tells_of_every_account_gained_or_lost, names_that_exist_are_conflicts, a_change_of_a_user_counts_the_version_up_only_where_tokens_are_void, a_demanded_password_change_stays_demanded_and_is_heard;
            observations: nothing_is_stored_for_an_account_that_was_deleted_meanwhile, an_upload_counts_what_each_row_did, an_upload_of_very_many_rows_is_stored_as_it_is, an_upload_that_changes_nothing_is_not_told, accounts_keep_the_totals_of_their_observations, times_are_kept_to_the_microsecond, days_are_those_of_all_observations, pages_hold_every_observation_of_the_span_once;
            summaries: a_summary_is_kept_with_what_it_is_made_of, a_summary_that_is_missing_or_untrue_is_told, a_summary_is_outdated_by_a_program_that_knows_none, the_kept_days_are_found_across_gaps, summaries_are_read_in_as_many_statements_whatever_their_number, only_summaries_within_reach_are_seen;
            transactions: a_failed_unit_of_work_leaves_nothing, a_panic_leaves_nothing_and_blocks_nobody, contending_writers_all_succeed, a_read_sees_one_snapshot, an_empty_pool_is_told_and_not_waited_for, pages_hold_every_account_and_user_once_and_in_order;
            changes: another_process_hears_changes_in_the_order_of_commits, a_watch_hears_and_stops_when_dropped, an_unreadable_entry_hides_no_later_one, old_entries_are_pruned_and_their_numbers_not_given_again;
            identity: login_finds_users_in_any_letter_case_with_their_company, a_login_is_recorded_with_a_better_hash, a_new_password_ends_every_other_session, what_was_proven_by_an_older_password_counts_no_more, of_fifty_parallel_refreshes_one_succeeds_and_the_others_get_its_child, a_refresh_token_repeats_for_ten_seconds_and_extends_nothing, a_kept_child_is_erased_by_its_use_and_after_the_window, a_replayed_refresh_token_ends_the_session, a_user_is_told_of_a_replay_once_at_the_next_login, unknown_expired_and_idle_refresh_tokens_are_refused, all_sessions_of_a_user_end_but_the_one_to_keep, sessions_of_a_user_of_another_company_do_not_end, sessions_are_pruned_thirty_days_after_their_end, users_end_only_their_own_live_sessions, companies_are_created_listed_and_changed, a_suspended_company_has_no_sessions_and_gets_none, an_id_that_is_taken_is_drawn_again, of_processes_that_make_companies_that_look_alike_one_does, an_assigned_password_ends_every_session_and_may_be_temporary;
            guessing: processes_count_failures_together, failures_at_the_same_moment_all_count, attempts_at_once_are_no_more_than_may_fail, a_success_forgets_the_failures_of_the_device_and_not_of_the_network, the_alarm_is_raised_once_a_window, only_windows_that_count_no_more_are_pruned, without_its_database_the_guard_lets_nobody_begin, all_known_devices_of_a_name_are_counted_together_too;
            keys: processes_that_start_at_once_agree_on_the_signing_keys, of_two_processes_that_rotate_at_once_one_does, another_process_hears_of_keys, the_store_refuses_a_second_active_key, whatever_is_stored_encrypted_is_encrypted_anew_or_nothing_is, private_halves_are_stored_encrypted, changes_keep_their_numbers_when_the_log_learns_of_keys;
            models: accounts_are_opened_together_in_as_many_statements_whatever_their_number, a_new_version_answers_in_place_of_the_last, deleted_versions_leave_their_runs_and_their_numbers, a_damaged_artifact_is_not_served, an_earlier_version_answers_again, old_versions_keep_what_was_answered_by_them, many_versions_are_read_at_once, the_last_day_on_which_a_version_answered_is_kept, pages_hold_every_version_once_newest_first, a_trained_version_does_not_change;
            jobs: of_twenty_processes_that_take_at_once_each_job_goes_to_one, whoever_lost_a_job_cannot_store_its_effect, a_job_that_is_lost_again_and_again_is_given_up, companies_take_turns, what_somebody_waits_for_goes_first, a_process_works_on_no_more_of_a_company_than_it_may, every_process_works_on_as_many_of_a_company_as_it_may, the_job_of_a_process_that_is_gone_is_taken_before_its_lease_is_over, a_process_that_shows_nothing_is_not_taken_for_gone, a_job_that_failed_comes_back_when_it_is_due, a_job_made_of_others_ends_with_the_last_of_them, parts_that_end_at_once_end_the_whole_once, parts_are_stored_by_whoever_holds_the_job_only, what_is_called_off_is_not_done, a_job_that_ended_stays_as_it_is, another_companys_jobs_are_invisible, a_recurring_job_is_one_row_that_comes_back, jobs_are_listed_newest_first, what_waits_is_counted_as_people_asked_for_it, a_job_that_cannot_be_read_keeps_no_other_from_being_taken, a_lost_job_of_a_later_program_is_left_to_it, a_recurring_job_never_ends_for_good, the_jobs_of_a_suspended_company_wait_until_it_is_resumed, what_ended_well_is_all_done, parts_lost_again_and_again_end_while_the_whole_is_called_off, jobs_are_pruned_thirty_days_after_their_end, accounts_whose_model_has_aged_are_asked_for_once;
            audit: an_act_that_cannot_be_told_is_not_done, an_act_that_is_rolled_back_leaves_no_entry, an_entry_tells_every_field_of_its_event, entries_are_only_appended, writers_at_once_number_entries_without_gaps, each_company_and_the_platform_has_its_own_chain, entries_are_filtered_and_paged_newest_first, a_head_is_signed_and_shows_what_is_not_the_log_of_then, a_flood_of_refusals_is_a_few_entries_that_count_all;
            repeats: of_parallel_attempts_at_a_request_one_is_the_first, an_answer_is_given_again_by_every_process, a_request_of_a_dead_process_is_taken_over_when_its_hold_is_over, of_an_effect_and_a_takeover_at_once_one_comes_through, a_hold_is_renewed_until_the_attempt_ends, a_hold_that_ran_out_unnoticed_is_held_again, a_failed_request_may_be_tried_again_at_once, answers_are_given_for_a_day_and_pruned_after_it, what_a_program_without_keys_does_is_not_done_again_and_matches_nothing, a_key_counts_for_one_user_and_one_operation, no_answer_is_kept_in_another_company, holds_are_renewed_and_changes_heard_though_every_connection_is_in_use;
            tables: an_entity_type_is_found_with_its_fields_in_their_order, a_name_of_an_entity_type_is_taken_until_it_is_in_the_trash, what_people_read_of_an_entity_type_changes, a_field_is_kept_with_all_its_rules, a_field_gets_a_number_that_none_had, two_fields_of_an_entity_type_have_different_names, a_field_changes_in_all_but_what_its_values_are, a_field_comes_back_from_the_trash_unless_its_name_is_taken, a_field_that_comes_back_to_a_taken_place_comes_last, relations_are_told_while_neither_end_is_in_the_trash;
            tables_records: a_record_holds_values_of_every_type_as_they_were_written, very_many_records_are_stored_as_they_are, every_change_leaves_what_the_record_was, a_record_that_changed_since_is_not_changed_again, of_writers_at_once_one_changes_a_record, a_record_in_the_trash_is_found_there_only, a_unique_value_is_of_one_record_that_is_not_in_the_trash, unique_values_that_others_have_are_told_before_they_are_stored, of_writers_at_once_one_gets_a_unique_value, values_become_unique_and_may_be_the_same_again, values_of_a_field_in_the_trash_come_back_with_it, a_field_whose_values_are_taken_by_now_stays_in_the_trash, what_is_damaged_is_told_by_its_column, records_are_found_by_their_unique_values, many_records_change_and_go_together_or_not_at_all, the_number_of_records_is_kept_whoever_writes_at_once, equal_values_of_a_field_are_found;
            tables_access: records_of_others_are_not_there_where_one_has_ones_own, a_table_that_nobody_opened_shows_nothing, values_are_unique_together, of_writers_at_once_one_gets_values_that_are_unique_together;
            tables_expansion: what_is_pointed_to_is_read_in_as_many_statements_whatever_its_number, another_companys_records_are_not_pointed_to;
            tables_lists: a_walk_neither_repeats_nor_skips_what_stays, lists_hold_what_filters_mean_in_their_order, long_lists_hold_what_filters_mean_in_their_order;
            tables_retyping: what_is_converted_is_hidden_and_goes_with_what_it_was_made_of, relations_choose_by_the_field_that_took_the_place, a_hidden_field_that_no_job_fills_is_deleted_for_good;
            tables_sequences: any_sequence_of_steps_holds_what_a_simple_model_does;
            tables_tenancy: another_companys_tables_are_invisible, another_companys_tables_cannot_be_changed_or_pointed_to, what_an_entity_type_holds_is_not_there_while_it_is_in_the_trash;
            tables_views: a_view_is_kept_as_it_is_and_seen_by_whom_it_is_for, another_companys_views_are_invisible_and_cannot_be_changed, views_go_with_their_entity_type_and_their_owner;
            tables_trash: records_are_deleted_for_good_some_at_a_time, a_field_is_deleted_for_good_with_its_values, an_entity_type_is_deleted_for_good_with_everything_of_it;
            covariates: covariates_are_those_that_were_set_last_in_their_order_and_of_one_company;
            migrations: whoever_was_deleted_is_disabled_before_the_trash_is_forgotten, up_down_and_up_again_give_the_same_schema, processes_that_start_at_once_migrate_once, an_existing_database_keeps_its_data, versions_from_before_answers_were_noted_count_as_answered, the_database_refuses_a_user_whose_role_contradicts_the_company;
        }
    };
    ($fixture:expr; $($subject:ident: $($test:ident),+;)+) => {
        $($(
            #[test]
            fn $test() {
                crate::contract::$subject::$test(&$fixture);
            }
        )+)+
    };
}
pub(crate) use on_every_database;
