use std::collections::HashSet;
use std::os::unix::ffi::OsStringExt;

use super::*;

const KEY: &str = "q0c9Nn5rXv2mJ4eY8wZ1aB7tK6sD3fG0hL9pQ5uV2xI=";
const OTHER_KEY: &str = "PzrwcG0mpDVTmS3+u3dTskFz/MoUcz6OG3ZnTfSeYH4=";
const PEPPER: &str = "Vb7yqk0ZxT3mW9rD";

fn load(variables: &[(&str, &str)]) -> Result<Settings, SettingsErrors> {
    Settings::load(variables.iter().map(|(name, value)| (name.into(), value.into())))
}

/// A production that starts, with `variables` over it.
fn production(variables: &[(&str, &str)]) -> Result<Settings, SettingsErrors> {
    let mut all = vec![("KEY_ENCRYPTION_KEY", KEY), ("PASSWORD_PEPPER", PEPPER)];
    all.extend(variables);
    load(&all)
}

fn development(variables: &[(&str, &str)]) -> Result<Settings, SettingsErrors> {
    let mut all = vec![("ENVIRONMENT", "development")];
    all.extend(variables);
    load(&all)
}

fn problems(settings: Result<Settings, SettingsErrors>) -> String {
    settings.unwrap_err().to_string()
}

#[test]
fn without_an_environment_it_is_production_and_wants_its_secrets() {
    let missing = load(&[]).unwrap_err();
    let variables: Vec<_> = missing.errors.iter().map(|error| error.variable.as_str()).collect();
    assert_eq!(variables, ["KEY_ENCRYPTION_KEY", "PASSWORD_PEPPER"]);
    assert!(missing.errors.iter().all(|error| error.problem.code == "missing"));
    let settings = production(&[]).unwrap();
    assert_eq!((settings.profile, settings.web.public_docs), (Profile::Production, false));
    assert_eq!((settings.identity.lockout.threshold, settings.web.logins_per_minute), (5, 60));
    assert_eq!(settings.web.allowed_origins, AllowedOrigins::These(Vec::new()));
}

#[test]
fn development_starts_with_nothing_else_set() {
    let settings = development(&[]).unwrap();
    assert_eq!((settings.profile, settings.web.public_docs), (Profile::Development, true));
    assert_eq!((settings.identity.lockout.threshold, settings.web.logins_per_minute), (20, 120));
    assert_eq!(settings.listen.address.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.database.directory(), Some(PathBuf::from("data")));
    assert!(matches!(&settings.web.allowed_origins, AllowedOrigins::These(origins) if !origins.is_empty()));
    assert!(development(&[("JWT_ALGORITHM", "HS256")]).is_ok());
}

#[test]
fn every_default_in_the_table_is_one_that_is_accepted() {
    for profile in [Profile::Production, Profile::Development] {
        let word = if profile == Profile::Production { "production" } else { "development" };
        let mut all = vec![("ENVIRONMENT", word), ("KEY_ENCRYPTION_KEY", KEY), ("PASSWORD_PEPPER", PEPPER)];
        let others = VARIABLES.iter().filter(|variable| !all.iter().any(|(name, _)| *name == variable.name));
        let written: Vec<_> = others
            .filter_map(|variable| match variable.fallback(profile) {
                Fallback::Text(text) => Some((variable.name, text)),
                Fallback::Unset | Fallback::Required => None,
            })
            .collect();
        all.extend(written);
        assert!(load(&all).is_ok(), "{:?}", load(&all).err());
    }
}

#[test]
fn the_table_names_every_variable_once_and_says_what_it_does() {
    let names: HashSet<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    assert_eq!(names.len(), VARIABLES.len());
    assert!(VARIABLES.iter().all(|variable| !variable.meaning.is_empty()));
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_never_with_its_value() {
    const MARK: &str = "!hunter2!";
    // These take any text.
    let free = [
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "BREACHED_PASSWORDS_FILE",
        "LOG_FILE",
        "TLS_CERT_FILE",
        "TLS_KEY_FILE",
        "TLS_CLIENT_CA_FILE",
    ];
    // This one is not read where a key set signs.
    let idle = "JWT_SECRET_KEY";
    let wrong: Vec<_> =
        VARIABLES.iter().map(|variable| variable.name).filter(|name| !free.contains(name) && *name != idle).collect();
    let errors = load(&wrong.iter().map(|name| (*name, MARK)).collect::<Vec<_>>()).unwrap_err();
    let told: HashSet<_> = errors.errors.iter().map(|error| error.variable.as_str()).collect();
    assert_eq!(told, wrong.into_iter().collect());
    assert!(!format!("{errors} {errors:?}").contains("hunter2"));
}

#[test]
fn a_value_that_is_no_text_is_told_and_anothers_is_ignored() {
    let bytes = || OsString::from_vec(vec![0xff, 0xfe]);
    let errors = Settings::load([("ENVIRONMENT".into(), "development".into()), ("LOG_LEVEL".into(), bytes())]);
    assert_eq!(problems(errors), "LOG_LEVEL not_text");
    let ignored = Settings::load([("ENVIRONMENT".into(), "development".into()), ("LS_COLORS".into(), bytes())]);
    assert!(ignored.is_ok());
}

#[test]
fn a_short_key_is_told_with_its_length_and_how_to_make_a_good_one() {
    assert_eq!(
        problems(production(&[("KEY_ENCRYPTION_KEY", "c2hvcnQgc2VjcmV0")])),
        "KEY_ENCRYPTION_KEY wrong_length found=12 needed=32"
    );
    assert!(problems(production(&[("PASSWORD_PEPPER", "short")])).contains("too_short found=5 needed=16"));
}

#[test]
fn production_refuses_what_anybody_knows_or_could_break() {
    let refused = [
        ("KEY_ENCRYPTION_KEY", variables::DEVELOPMENT_KEY_ENCRYPTION_KEY),
        ("KEY_ENCRYPTION_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("PASSWORD_PEPPER", variables::DEVELOPMENT_PEPPER),
        ("PASSWORD_PEPPER", "changeme-changeme-changeme"),
        ("ALLOWED_ORIGINS", "*"),
        ("BCRYPT_ROUNDS", "11"),
    ];
    for (name, value) in refused {
        let errors = production(&[(name, value)]).unwrap_err();
        assert_eq!(errors.errors.len(), 1, "{errors}");
        assert_eq!(errors.errors[0].variable, name);
    }
    assert!(development(&[("ALLOWED_ORIGINS", "*"), ("BCRYPT_ROUNDS", "4")]).is_ok());
}

/// Secrets that were published or made up, each of 32 bytes or more.
const GUESSABLE: [&str; 14] = [
    "tu-clave-secreta-super-segura-cambiar-en-produccion",
    "super-secret-key-super-secret-key",
    "abcabcabcabcabcabcabcabcabcabcabcabc",
    "your-256-bit-secret-your-256-bit-secret",
    "Vb7yqk0ZxT3mW9rDVb7yqk0ZxT3mW9rD",
    "0123456789abcdef0123456789abcdef",
    "00000000000000000000000000000000000000000000000000000000000000000",
    "qwertyuiopasdfghjklzxcvbnm1234567890",
    "la pimienta del banco de Lima y Callao",
    // `super-secret-key-super-secret-ke`, the bytes 0 to 31, two bytes in turns, one bit, all ones: in base64.
    "c3VwZXItc2VjcmV0LWtleS1zdXBlci1zZWNyZXQta2U=",
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "AQIBAgECAQIBAgECAQIBAgECAQIBAgECAQIBAgECAQI=",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=",
    "//////////////////////////////////////////8=",
];

#[test]
fn production_refuses_guessable_secrets_wherever_they_stand() {
    for secret in GUESSABLE {
        let mut settings = vec![
            ("PASSWORD_PEPPER", secret.to_owned()),
            ("PASSWORD_PEPPER", format!("2:{PEPPER},1:{secret}")),
            ("JWT_SECRET_KEY", secret.to_owned()),
        ];
        if secret.ends_with('=') {
            settings.push(("KEY_ENCRYPTION_KEY", secret.to_owned()));
            settings.push(("KEY_ENCRYPTION_KEY", format!("2:{KEY},1:{secret}")));
        }
        for (name, value) in settings {
            let errors =
                production(&[("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", OTHER_KEY), (name, &value)]).unwrap_err();
            assert_eq!(errors.errors.len(), 1, "{errors}");
            let told = errors.to_string();
            let codes = ["known_example", "repeats_itself", "guessable"];
            assert!(told.starts_with(name) && codes.contains(&errors.errors[0].problem.code), "{told}");
            assert!(!told.contains(secret), "{told}");
            assert!(development(&[("JWT_ALGORITHM", "HS256"), (name, &value)]).is_ok(), "{name}={value}");
        }
    }
}

#[test]
fn production_refuses_one_secret_for_two_purposes() {
    let hs256 = ("JWT_ALGORITHM", "HS256");
    let former = format!("2:{PEPPER},1:{KEY}");
    for (variables, told) in [
        (vec![("PASSWORD_PEPPER", KEY)], "PASSWORD_PEPPER shared earlier=KEY_ENCRYPTION_KEY"),
        (vec![("PASSWORD_PEPPER", former.as_str())], "PASSWORD_PEPPER shared earlier=KEY_ENCRYPTION_KEY"),
        (vec![hs256, ("JWT_SECRET_KEY", KEY)], "JWT_SECRET_KEY shared earlier=KEY_ENCRYPTION_KEY"),
        (
            vec![hs256, ("JWT_SECRET_KEY", OTHER_KEY), ("PASSWORD_PEPPER", OTHER_KEY)],
            "JWT_SECRET_KEY shared earlier=PASSWORD_PEPPER",
        ),
    ] {
        let problem = problems(production(&variables));
        assert!(problem.starts_with(told) && !problem.contains(KEY), "{problem}");
        assert!(development(&variables).is_ok());
    }
}

#[test]
fn production_trusts_no_network_of_everybody() {
    for everybody in ["0.0.0.0/0", "::/0", "10.0.0.0/8,0.0.0.0/0"] {
        let problem = problems(production(&[("TRUSTED_PROXIES", everybody)]));
        assert!(problem.starts_with("TRUSTED_PROXIES trusts_everybody"), "{problem}");
        assert!(development(&[("TRUSTED_PROXIES", everybody)]).is_ok());
    }
}

#[test]
fn origins_without_tls_are_advised_against_in_production() {
    let origins = "https://panel.example,http://panel.example,http://localhost:5173,http://[::1]:8080";
    let variables = [("ALLOWED_ORIGINS", origins)];
    let advice = production(&variables).unwrap().advice();
    assert_eq!(advice.len(), 1);
    assert_eq!(advice[0].to_string(), "ALLOWED_ORIGINS plain_origins origins=http://panel.example");
    assert!(development(&variables).unwrap().advice().is_empty());
    assert!(production(&[]).unwrap().advice().is_empty());
}

#[test]
fn the_public_address_is_an_origin_and_in_production_one_of_tls() {
    let read = |url: &str| production(&[("PUBLIC_URL", url)]).map(|settings| settings.web.public_url.unwrap());
    assert_eq!(read("https://Atalaya.example:8443/").unwrap(), "https://atalaya.example:8443");
    assert_eq!(read("http://localhost:8000").unwrap(), "http://localhost:8000");
    for other in ["atalaya.example", "https://atalaya.example/app", "https://atalaya.example//", "https://", "*"] {
        let problem = problems(production(&[("PUBLIC_URL", other)]));
        assert!(problem.starts_with("PUBLIC_URL not_a_public_url"), "{problem}");
    }
    let plain = [("PUBLIC_URL", "http://atalaya.example")];
    assert!(problems(production(&plain)).starts_with("PUBLIC_URL plain_public_url"));
    assert!(development(&plain).is_ok());
}

#[test]
fn a_secret_that_nobody_reads_is_told_by_the_variable_that_is_set() {
    let advice = |variables: &[(&str, &str)]| -> Vec<String> {
        production(variables).unwrap().advice().iter().map(ToString::to_string).collect()
    };
    assert_eq!(advice(&[("JWT_SECRET_KEY", OTHER_KEY)]), ["JWT_SECRET_KEY not_read algorithm=EdDSA"]);
    let file = [("JWT_SECRET_KEY_FILE", "/no/such/file"), ("JWT_ALGORITHM", "ES256")];
    assert_eq!(advice(&file), ["JWT_SECRET_KEY_FILE not_read algorithm=ES256"]);
    assert!(advice(&[("JWT_SECRET_KEY", OTHER_KEY), ("JWT_ALGORITHM", "HS256")]).is_empty());
    assert!(development(&[]).unwrap().advice().is_empty());
}

#[test]
fn whoever_inspects_sees_what_is_in_force_though_something_is_wrong() {
    let set = [("ENVIRONMENT", "development"), ("LOG_LEVEL", "hunter2"), ("REDIS_URL", "redis://h:hunter3")];
    let inspection = Settings::inspect(set.map(|(name, value)| (name.into(), value.into())));
    assert_eq!(inspection.profile, Profile::Development);
    assert_eq!(inspection.settings.unwrap_err().errors.len(), 2);
    let names: Vec<_> = inspection.in_force.iter().map(|in_force| in_force.variable.name).collect();
    assert_eq!(names, VARIABLES.iter().map(|variable| variable.name).collect::<Vec<_>>());
    assert!(!format!("{:?}", inspection.in_force).contains("hunter"), "{:?}", inspection.in_force);
    let of = |name: &str| inspection.in_force.iter().find(|in_force| in_force.variable.name == name).unwrap();
    assert_eq!(of("LOG_LEVEL").shown, Some(Shown::Hidden));
    assert_eq!(of("MAX_LOGIN_ATTEMPTS").shown, Some(Shown::Text("20".to_owned())));
}

#[test]
fn production_refuses_passwords_of_servers_that_are_tried_first() {
    for password in ["postgres", "changeme", "atalaya", "Atalaya", "super-secret-key"] {
        for (name, url) in [
            ("DATABASE_URL", format!("postgres://atalaya:{password}@db/atalaya")),
            ("REDIS_URL", format!("redis://:{password}@redis:6379/0")),
        ] {
            let told = problems(production(&[(name, &url)]));
            assert!(told.starts_with(name) && told.contains("tried_first"), "{told}");
            assert!(!told.contains(&url), "{told}");
            assert!(development(&[(name, &url)]).is_ok());
        }
    }
    assert!(production(&[("DATABASE_URL", "postgres://atalaya@db/atalaya"), ("REDIS_URL", "redis://redis")]).is_ok());
}

#[test]
fn hs256_wants_a_long_secret_and_eddsa_none() {
    let hs256 = |secret: &str| production(&[("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", secret)]);
    assert!(problems(hs256("")).starts_with("JWT_SECRET_KEY missing"));
    assert!(problems(hs256("Vb7yqk0ZxT3mW9rDf8sLqPwB2nXeHj4")).contains("too_short found=31 needed=32"));
    assert!(problems(hs256(variables::DEVELOPMENT_JWT_SECRET)).contains("known_example"));
    let signing = hs256("Vb7yqk0ZxT3mW9rDf8sLqPwB2nXeHj4t").unwrap().identity.signing;
    assert!(matches!(signing, TokenSigning::Hs256(_)));
    assert!(matches!(production(&[]).unwrap().identity.signing, TokenSigning::KeySet(KeyAlgorithm::EdDsa)));
}

#[test]
fn a_list_of_secrets_keeps_its_order_and_a_bare_one_is_number_one() {
    let ids = |settings: Settings| -> Vec<String> {
        settings.identity.key_encryption_keys.into_iter().map(|secret| secret.id).collect()
    };
    assert_eq!(ids(production(&[]).unwrap()), ["1"]);
    let list = format!("2026-02:{OTHER_KEY}, 1:{KEY}");
    assert_eq!(ids(production(&[("KEY_ENCRYPTION_KEY", &list)]).unwrap()), ["2026-02", "1"]);
    let bad_lists =
        [format!("1:{KEY},1:{OTHER_KEY}"), format!("2:{KEY},1:{KEY}"), format!("1:{KEY},"), format!(":{KEY}")];
    for bad in bad_lists {
        let problem = problems(production(&[("KEY_ENCRYPTION_KEY", &bad)]));
        assert!(problem.starts_with("KEY_ENCRYPTION_KEY entry_") && problem.contains(" entry="), "{problem}");
    }
}

#[test]
fn a_secret_may_lie_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper");
    std::fs::write(&path, format!("{PEPPER}\n")).unwrap();
    let path = path.to_str().unwrap();
    let settings = load(&[("KEY_ENCRYPTION_KEY", KEY), ("PASSWORD_PEPPER_FILE", path)]).unwrap();
    assert_eq!(settings.identity.peppers[0].value.expose_secret(), PEPPER.as_bytes());
    assert!(
        problems(production(&[("PASSWORD_PEPPER_FILE", path)])).contains("both_set file_name=PASSWORD_PEPPER_FILE")
    );
    let nowhere = problems(load(&[("KEY_ENCRYPTION_KEY", KEY), ("PASSWORD_PEPPER_FILE", "/no/such/file")]));
    assert_eq!(nowhere, "PASSWORD_PEPPER_FILE file_not_found");
}

#[test]
fn origins_are_those_that_browsers_send() {
    let origins = |text: &str| production(&[("ALLOWED_ORIGINS", text)]).map(|settings| settings.web.allowed_origins);
    let listed = origins("https://Panel.example, http://[::1]:8080,").unwrap();
    assert_eq!(listed, AllowedOrigins::These(vec!["https://panel.example".to_owned(), "http://[::1]:8080".to_owned()]));
    let wrong =
        ["panel.example", "https://", "https://a.b/", "https://a.b/x", "https://*.b", "ftp://a.b", "https://a.b:443"];
    for text in wrong {
        assert!(origins(text).is_err(), "{text} was accepted");
    }
}

#[test]
fn trusted_proxies_are_addresses_and_networks() {
    let settings = production(&[("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,::1")]).unwrap();
    let proxies: Vec<_> = settings.web.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.7/32", "::1/128"]);
    assert!(problems(production(&[("TRUSTED_PROXIES", "10.0.0.1,proxy")])).contains("place=2"));
}

/// The quotas as policy names with their counts.
fn quotas(variables: &[(&str, &str)]) -> Vec<(String, u32)> {
    let table = production(variables).unwrap().web.quotas;
    table.quotas().iter().map(|quota| (quota.policy_name(), quota.count.get())).collect()
}

#[test]
fn a_companys_quotas_grow_with_those_of_its_users_unless_they_are_set() {
    let named =
        |names: &[(&str, u32)]| names.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>();
    let none = ("QUOTA_USER", "none");
    let user = |set| [none, set];
    let default = [("user", 60), ("company", 6_000), ("company-train-hour", 120)];
    assert_eq!(quotas(&[none]), named(&default));
    let lifted = [("user", 1_000_000), ("company", 100_000_000), ("company-train-hour", 120)];
    assert_eq!(quotas(&user(("RATE_LIMIT_PER_MINUTE", "1000000"))), named(&lifted));
    assert_eq!(quotas(&user(("QUOTA_COMPANY", "all:50/day"))), named(&[("user", 60), ("company-day", 50)]));
    assert_eq!(quotas(&user(("QUOTA_COMPANY", "none"))), named(&[("user", 60)]));
}

#[test]
fn pictures_have_quotas_until_a_list_names_them_or_is_none() {
    let of_user = |set: &[(&str, &str)]| -> Vec<String> {
        let named = quotas(set).into_iter().filter(|(name, _)| name.starts_with("user-"));
        named.map(|(name, count)| format!("{name} {count}")).collect()
    };
    let default = ["user-digits 10", "user-digits-hour 50", "user-digits-day 200"];
    assert_eq!(of_user(&[]), default);
    let with_write = ["user-digits 10", "user-write-hour 9", "user-digits-hour 50", "user-digits-day 200"];
    assert_eq!(of_user(&[("QUOTA_USER", "write:9/hour")]), with_write);
    assert_eq!(of_user(&[("QUOTA_USER", "digits:3/hour")]), ["user-digits-hour 3"]);
    assert_eq!(of_user(&[("QUOTA_USER", "none")]), Vec::<String>::new());
}

#[test]
fn a_malformed_list_of_quotas_stops_the_start_with_its_place() {
    for name in ["QUOTA_USER", "QUOTA_COMPANY"] {
        let problem = problems(production(&[(name, "write:9/hour, train:hunter2/day")]));
        assert!(problem.starts_with(name) && problem.contains("place=2"), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
    let problem = problems(production(&[("QUOTA_USER", "write:9/hour,all:70/minute")]));
    assert_eq!(problem, "QUOTA_USER quota_of_rate_limit place=2");
}

#[test]
fn tls_needs_certificate_and_key_together() {
    let both = [("TLS_CERT_FILE", "c.pem"), ("TLS_KEY_FILE", "k.pem"), ("TLS_CLIENT_CA_FILE", "ca.pem")];
    assert!(production(&both).unwrap().listen.tls.is_some_and(|tls| tls.client_ca.is_some()));
    assert!(problems(production(&both[..1])).starts_with("TLS_KEY_FILE needed_by"));
    assert!(problems(production(&both[1..2])).starts_with("TLS_CERT_FILE needed_by"));
    assert!(problems(production(&both[2..])).starts_with("TLS_CERT_FILE needed_by"));
}

#[test]
fn settings_are_printed_without_secrets() {
    let url = "postgres://atalaya:hunter2@db/atalaya";
    let settings =
        production(&[("DATABASE_URL", url), ("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", OTHER_KEY)]).unwrap();
    let printed = format!("{settings:?}");
    assert!(!["hunter2", KEY, OTHER_KEY, PEPPER].iter().any(|secret| printed.contains(secret)), "{printed}");
    assert_eq!(settings.database.directory(), None);
}

#[test]
fn migrations_log_in_where_the_program_does_unless_told_otherwise() {
    let url = "postgres://atalaya:hunter2@db/atalaya";
    let alone = production(&[("DATABASE_URL", url)]).unwrap().database;
    assert_eq!(alone.migration_url.expose_secret(), url);
    let owner = "postgres://owner:hunter3@db/atalaya";
    let both = production(&[("DATABASE_URL", url), ("DATABASE_MIGRATION_URL", owner)]).unwrap();
    assert_eq!((both.database.url.expose_secret(), both.database.migration_url.expose_secret()), (url, owner));
    assert!(!format!("{both:?}").contains("hunter"));
    let problem = problems(production(&[("DATABASE_MIGRATION_URL", owner)]));
    assert!(problem.starts_with("DATABASE_MIGRATION_URL migration_of_a_file"), "{problem}");
    let problem = problems(production(&[("DATABASE_URL", url), ("DATABASE_MIGRATION_URL", "sqlite://hunter2.db")]));
    assert!(problem.contains("DATABASE_MIGRATION_URL not_a_postgres_url") && !problem.contains("hunter"), "{problem}");
}

#[test]
fn signing_keys_are_of_the_algorithm_and_rotate_as_often_as_is_said() {
    let es256 = production(&[("JWT_ALGORITHM", "ES256"), ("KEY_ROTATION_DAYS", "7")]).unwrap().identity;
    assert!(matches!(es256.signing, TokenSigning::KeySet(KeyAlgorithm::Es256)));
    assert_eq!(es256.key_schedule.rotate_every, TimeDelta::days(7));
    assert!(es256.key_schedule.retire_for > es256.sessions.access_token);
    assert_eq!(production(&[]).unwrap().identity.key_schedule.rotate_every, TimeDelta::days(30));
    for (name, wrong) in [("KEY_ROTATION_DAYS", "0"), ("KEY_ROTATION_DAYS", "366"), ("JWT_ALGORITHM", "RS256")] {
        assert!(problems(production(&[(name, wrong)])).contains(name));
    }
    let without = load(&[("PASSWORD_PEPPER", PEPPER), ("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", KEY)]);
    assert!(problems(without).contains("KEY_ENCRYPTION_KEY"), "the installation's own secrets need it too");
}

#[test]
fn redis_is_optional_and_a_wrong_address_is_told_without_repeating_it() {
    assert!(production(&[]).unwrap().redis.is_none());
    let settings = production(&[("REDIS_URL", "rediss://atalaya:hunter2@redis.internal:6380/1")]).unwrap();
    assert!(settings.redis.is_some() && !format!("{settings:?}").contains("hunter2"));
    for wrong in ["hunter2", "http://hunter2", "redis://:hunter2@", "redis://h:hunter2", "rediss://hunter2#insecure"] {
        let told = problems(production(&[("REDIS_URL", wrong)]));
        assert!(told.starts_with("REDIS_URL not_a_redis_url") && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn an_address_that_its_library_could_not_read_is_refused_here_and_not_repeated() {
    for sound in
        ["joe:a%2Fb%25@h:5432/x?sslmode=require", "joe@[::1]:5432/x", "h1:5432,h2/x", "joe:p@/x?host=/run/pg", "h"]
    {
        let url = format!("postgres://{sound}");
        assert!(production(&[("DATABASE_URL", &url)]).is_ok(), "{sound}");
    }
    for wrong in
        ["joe:hunter%zz2@h/x", "joe:hunter%00@h", "joe:hunter/2@h/x", "joe:p@hunter2@h", "joe:hunter?2@h", "h:hunter"]
    {
        for name in ["DATABASE_URL", "DATABASE_MIGRATION_URL"] {
            let url = format!("postgres://{wrong}");
            let told = problems(production(&[("DATABASE_URL", "postgres://h/x"), (name, &url)]));
            assert!(told.contains(name) && !told.contains("hunter"), "{told}");
        }
    }
}

#[test]
fn names_that_are_nearly_ours_are_told_with_what_is_wrong_and_where_nothing_is() {
    let slip = [("KEY_ENCRYPTION_KEY", KEY), ("PASSWORD_PEPER", PEPPER)];
    let errors = load(&slip).unwrap_err();
    assert_eq!(errors.to_string(), "PASSWORD_PEPPER missing name=PASSWORD_PEPPER");
    let near: Vec<_> = errors.near_misses.iter().map(ToString::to_string).collect();
    assert_eq!(near, ["PASSWORD_PEPER may be PASSWORD_PEPPER"]);
    let settings = production(&[("LOG_LEVLE", "debug"), ("PATH", "/bin")]).unwrap();
    assert_eq!(settings.near_misses.len(), 1);
}
