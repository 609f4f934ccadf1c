//! The tables, as `migrations/` makes them. Columns stand in the order of the database.

diesel::table! {
    companies (id) {
        id -> BigInt,
        name -> Text,
        time_zone -> Text,
        active -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    company_name_forms (form) {
        form -> Text,
        company_id -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        company_id -> Nullable<BigInt>,
        username -> Text,
        username_key -> Text,
        password_hash -> Text,
        pepper_id -> Text,
        role -> Text,
        email -> Nullable<Text>,
        active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        last_login_at -> Nullable<Timestamp>,
        must_change_password -> Bool,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    accounts (id) {
        id -> BigInt,
        company_id -> BigInt,
        handle -> Text,
        name -> Text,
        platform -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        registered_at -> Timestamp,
        observation_count -> BigInt,
        newest_observation_at -> Nullable<Timestamp>,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    user_accounts (company_id, user_id, account_id) {
        company_id -> BigInt,
        user_id -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    observations (company_id, account_id, observed_at) {
        company_id -> BigInt,
        account_id -> BigInt,
        observed_at -> Timestamp,
        followers -> BigInt,
        posts -> Nullable<BigInt>,
        following -> Nullable<BigInt>,
    }
}

diesel::table! {
    model_versions (company_id, account_id, version) {
        company_id -> BigInt,
        account_id -> BigInt,
        version -> Integer,
        trained_at -> Timestamp,
        trained_by -> Text,
        served -> Text,
        grid -> Text,
        mae -> Double,
        rmse -> Double,
        mape -> Nullable<Double>,
        mase -> Nullable<Double>,
        data_from -> Timestamp,
        data_until -> Timestamp,
        checksum -> Text,
        size_bytes -> BigInt,
        active -> Bool,
        deleted_at -> Nullable<Timestamp>,
        answered_at -> Nullable<Date>,
        artifact -> Nullable<Binary>,
        fitted -> Nullable<Binary>,
    }
}

diesel::table! {
    account_summaries (company_id, account_id) {
        company_id -> BigInt,
        account_id -> BigInt,
        time_zone -> Nullable<Text>,
        observation_count -> Nullable<BigInt>,
        newest_observation_at -> Nullable<Timestamp>,
        recent -> Nullable<Binary>,
        model_version -> Nullable<Integer>,
        outlook -> Nullable<Binary>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> BigInt,
        company_id -> Nullable<BigInt>,
        device_name -> Nullable<Text>,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        address -> Nullable<Text>,
        ended_at -> Nullable<Timestamp>,
        agent -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> Text,
        generation -> Integer,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        sealed_child -> Nullable<Binary>,
    }
}

diesel::table! {
    security_notices (id) {
        id -> BigInt,
        user_id -> BigInt,
        code -> Text,
        at -> Timestamp,
        device_name -> Nullable<Text>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        public_key -> Binary,
        private_key_encrypted -> Binary,
        wrapping_key_id -> Text,
        state -> Text,
        created_at -> Timestamp,
        state_since -> Timestamp,
    }
}

diesel::table! {
    installation_secrets (purpose) {
        purpose -> Text,
        sealed -> Binary,
        wrapping_key_id -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    change_log (seq) {
        seq -> BigInt,
        at -> Timestamp,
        kind -> Text,
        company_id -> Nullable<BigInt>,
        subject -> Text,
    }
}

diesel::table! {
    audit_log (chain, seq) {
        chain -> BigInt,
        seq -> BigInt,
        at -> BigInt,
        actor_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        target -> Nullable<Text>,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        outcome -> Text,
        count -> BigInt,
        mac -> Binary,
    }
}

diesel::table! {
    audit_heads (chain) {
        chain -> BigInt,
        seq -> BigInt,
        mac -> Binary,
    }
}

diesel::table! {
    login_failures (subject) {
        subject -> Binary,
        failures -> Binary,
        locked_until -> Nullable<Timestamp>,
        over_at -> Timestamp,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        company_id -> Nullable<BigInt>,
        parent_id -> Nullable<Text>,
        lane -> Text,
        kind -> Text,
        account -> Nullable<Text>,
        command -> Nullable<Text>,
        actor_id -> Nullable<BigInt>,
        actor -> Text,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        priority -> Integer,
        turn -> Integer,
        state -> Text,
        due_at -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        attempts -> Integer,
        done -> Integer,
        total -> Integer,
        created_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
        model_version -> Nullable<Integer>,
        failure -> Nullable<Text>,
        process -> Nullable<BigInt>,
        watched_attempt -> Nullable<Integer>,
    }
}

diesel::table! {
    idempotency_keys (user_id, operation, key_hash) {
        user_id -> BigInt,
        company_id -> Nullable<BigInt>,
        operation -> Text,
        key_hash -> Binary,
        fingerprint -> Binary,
        attempt -> Text,
        kept_until -> Timestamp,
        status -> Nullable<Integer>,
        headers -> Nullable<Text>,
        body -> Nullable<Binary>,
        content_code -> Nullable<Binary>,
    }
}

diesel::table! {
    covariate_sources (company_id, place) {
        company_id -> BigInt,
        place -> Integer,
        entity_id -> Binary,
        date_field -> Binary,
        value_field -> Nullable<Binary>,
        aggregate -> Text,
        account_field -> Nullable<Binary>,
        lag_days -> Integer,
        known_since_field -> Nullable<Binary>,
    }
}

diesel::table! {
    entities (company_id, id) {
        company_id -> BigInt,
        id -> Binary,
        name -> Text,
        name_key -> Text,
        display_name -> Text,
        description -> Nullable<Text>,
        next_field -> Integer,
        created_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        settings -> Nullable<Text>,
        number -> Integer,
    }
}

diesel::table! {
    entity_fields (company_id, entity_id, number) {
        company_id -> BigInt,
        entity_id -> Binary,
        number -> Integer,
        id -> Binary,
        name -> Text,
        column_name -> Text,
        display_name -> Text,
        kind -> Text,
        required -> Bool,
        max_length -> Nullable<Integer>,
        display_order -> Integer,
        target_id -> Nullable<Binary>,
        target_display -> Nullable<Integer>,
        on_delete -> Nullable<Text>,
        rules -> Nullable<Text>,
        created_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        retyping -> Nullable<Integer>,
        hidden_by -> Nullable<Text>,
    }
}

diesel::table! {
    records (company_id, entity_id, id) {
        company_id -> BigInt,
        entity_id -> Binary,
        id -> Binary,
        revision -> Integer,
        kind -> Text,
        author -> Text,
        request_id -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        content -> Text,
        creator -> Nullable<BigInt>,
    }
}

diesel::table! {
    deleted_records (company_id, entity_id, id) {
        company_id -> BigInt,
        entity_id -> Binary,
        id -> Binary,
        revision -> Integer,
        kind -> Text,
        author -> Text,
        request_id -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        content -> Text,
        creator -> Nullable<BigInt>,
    }
}

// One row of an entity type on SQLite, several parts of its number on PostgreSQL: their sum counts.
diesel::table! {
    record_counts (company_id, entity_id) {
        company_id -> BigInt,
        entity_id -> Binary,
        number -> Integer,
    }
}

diesel::table! {
    record_revisions (company_id, entity_id, record_id, revision) {
        company_id -> BigInt,
        entity_id -> Binary,
        record_id -> Binary,
        revision -> Integer,
        kind -> Text,
        author -> Text,
        request_id -> Nullable<Text>,
        written_at -> Timestamp,
        content -> Text,
    }
}

diesel::table! {
    record_values (company_id, entity, field, sort_key, record_id) {
        company_id -> BigInt,
        entity -> Integer,
        field -> Integer,
        sort_key -> Binary,
        record_id -> Binary,
        exact -> Nullable<Binary>,
        folded -> Nullable<Text>,
    }
}

diesel::table! {
    unique_values (company_id, entity, field, exact_key) {
        company_id -> BigInt,
        entity -> Integer,
        field -> Integer,
        exact_key -> Binary,
        record_id -> Binary,
    }
}

diesel::table! {
    record_views (company_id, entity_id, id) {
        company_id -> BigInt,
        entity_id -> Binary,
        id -> Binary,
        owner_id -> BigInt,
        name -> Text,
        shared -> Bool,
        query -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::joinable!(users -> companies (company_id));
diesel::joinable!(user_accounts -> accounts (account_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));

diesel::allow_tables_to_appear_in_same_query!(audit_heads, audit_log);
diesel::allow_tables_to_appear_in_same_query!(companies, users);
diesel::allow_tables_to_appear_in_same_query!(users, sessions);
diesel::allow_tables_to_appear_in_same_query!(accounts, user_accounts, model_versions, account_summaries);
diesel::allow_tables_to_appear_in_same_query!(companies, jobs);
diesel::allow_tables_to_appear_in_same_query!(accounts, jobs);
diesel::allow_tables_to_appear_in_same_query!(model_versions, jobs);
diesel::allow_tables_to_appear_in_same_query!(entity_fields, jobs);
diesel::allow_tables_to_appear_in_same_query!(sessions, refresh_tokens);
diesel::allow_tables_to_appear_in_same_query!(entities, entity_fields);
diesel::allow_tables_to_appear_in_same_query!(entities, records);
diesel::allow_tables_to_appear_in_same_query!(entities, deleted_records);
diesel::allow_tables_to_appear_in_same_query!(entities, record_values);
diesel::allow_tables_to_appear_in_same_query!(entities, unique_values);
diesel::allow_tables_to_appear_in_same_query!(records, record_values);
