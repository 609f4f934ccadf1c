//! Going through lists of records by cursor.

use atalaya_tests::Client;
use serde_json::{Value, json};

use super::{app, campaigns, column, define, field, keep, plain, records};

/// Every record of a list by cursor, so many on a page.
fn walked(client: &Client, path: &str, query: &str, size: usize) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for page_number in 1.. {
        let page = client.get(&format!("{path}?{query}&page_size={size}{cursor}")).expect(200).clone();
        assert_eq!((&page["page"], &page["page_size"]), (&json!(page_number), &json!(size)));
        found.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            assert_eq!(page["total"], json!(found.len()));
            return found;
        };
        cursor = format!("&cursor={next}");
    }
    unreachable!("pages end")
}

#[test]
fn a_list_goes_on_by_cursor_as_by_numbers() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for (number, name) in ["b", "a", "B", "", "á", "b", "c"].iter().enumerate() {
        let clicks = if number % 3 == 0 { Value::Null } else { json!(number / 2) };
        keep(&admin, &entity, &json!({"nombre": name, "clics": clicks}));
    }
    keep(&admin, &entity, &json!({}));
    let path = records(&entity);
    let viewer = app.login("vera");
    for query in [
        "",
        "sort=created_at",
        "sort=nombre",
        "sort=-nombre",
        "sort=clics,-nombre",
        "sort=-clics,nombre",
        "sort=nombre,-created_at",
        "sort=nombre&filter[nombre][ne]=b",
        "sort=clics&filter[clics][gte]=1",
        "sort=-clics&q=b",
    ] {
        let all = viewer.get(&format!("{path}?{query}&page_size=100")).expect(200)["items"].as_array().unwrap().clone();
        for size in [1, 2, 3, 100] {
            assert_eq!(walked(&viewer, &path, query, size), all, "{query} {size}");
        }
    }
    // The page of a number has a cursor too, and a query goes on as a list does.
    let second = viewer.get(&format!("{path}?sort=nombre&page_size=3&page=2")).expect(200).clone();
    let third = viewer.get(&format!("{path}?sort=nombre&page_size=3&page=3")).expect(200).clone();
    let query = json!({"sort": ["nombre"], "page_size": 3, "cursor": second["next_cursor"]});
    let by_cursor = viewer.post(&format!("{path}:query"), &query).expect(200).clone();
    assert_eq!(by_cursor, third);
    assert_eq!(third["next_cursor"], Value::Null);
}

#[test]
fn what_happens_between_pages_neither_repeats_nor_hides_a_record() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let kept: Vec<String> = (0..6).map(|clicks| keep(&admin, &entity, &json!({"clics": clicks}))).collect();
    let path = records(&entity);
    let first = admin.get(&format!("{path}?sort=clics&page_size=3")).expect(200).clone();
    assert_eq!(column(&first, "clics"), [0, 1, 2].map(|clicks| json!(clicks)));
    // The last record of the page goes, one that was shown comes behind, and one comes before all.
    assert_eq!(admin.delete(&format!("{path}/{}", kept[2])).status, 204);
    let _ = admin.patch(&format!("{path}/{}", kept[0]), &json!({"data": {"clics": 99}})).expect(200);
    keep(&admin, &entity, &json!({"clics": -1}));
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("{path}?sort=clics&page_size=100&cursor={cursor}")).expect(200).clone();
    assert_eq!(column(&second, "clics"), [3, 4, 5, 99].map(|clicks| json!(clicks)));
}

#[test]
fn a_cursor_is_of_one_order_and_no_other_text_is_one() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &plain("nombre", "TEXT"));
    for name in ["a", "b", "c"] {
        keep(&admin, &entity, &json!({"nombre": name}));
    }
    let path = records(&entity);
    let page = admin.get(&format!("{path}?sort=nombre&page_size=1")).expect(200).clone();
    let cursor = page["next_cursor"].as_str().unwrap();
    for query in [
        format!("sort=-nombre&cursor={cursor}"),
        format!("cursor={cursor}"),
        format!("sort=nombre&cursor=0{cursor}"),
        format!("sort=nombre&cursor={cursor}x"),
        "cursor=".to_owned(),
        "cursor=1".to_owned(),
        "cursor='; DROP TABLE records; --".to_owned(),
    ] {
        let refused = admin.get(&format!("{path}?{query}"));
        assert_eq!(refused.broken_rules(), ["cursor: not_a_cursor"], "{query}");
    }
    let both = admin.get(&format!("{path}?sort=nombre&page=2&cursor={cursor}"));
    assert_eq!(both.broken_rules(), ["page: not_with_cursor"]);
    // It says where to go on, not in whose records: another company's are no nearer.
    let theirs = app.login("ulises").get(&format!("{path}?sort=nombre&cursor={cursor}"));
    let _ = theirs.problem(404, "ENTITY_NOT_FOUND");
}

#[test]
fn a_list_by_cursor_goes_through_what_one_may_read() {
    let app = app();
    let (admin, user) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let own = json!({"access": {"user": "own"}});
    let _ = admin.put(&format!("/api/metadata/entities/{entity}"), &own).expect(200);
    for clicks in 0..5 {
        keep(&user, &entity, &json!({"clics": clicks, "nombre": "mía"}));
        keep(&admin, &entity, &json!({"clics": clicks, "nombre": "otra"}));
    }
    keep(&admin, &entity, &json!({"nombre": "otra"}));
    let path = records(&entity);
    for query in ["", "sort=clics", "sort=-clics,nombre", "sort=-clics&filter[clics][gte]=0", "sort=nombre&q=a"] {
        let found = walked(&user, &path, query, 2);
        assert_eq!(found.len(), 5, "{query}");
        assert!(found.iter().all(|record| record["data"]["nombre"] == "mía"), "{query}");
        // The place of another's record is a place like any other.
        let theirs = admin.get(&format!("{path}?{query}&page_size=1")).expect(200).clone();
        let cursor = theirs["next_cursor"].as_str().unwrap();
        let behind = user.get(&format!("{path}?{query}&cursor={cursor}")).expect(200).clone();
        assert!(!column(&behind, "nombre").contains(&json!("otra")), "{query}");
    }
}

#[test]
fn a_cursor_that_counts_more_than_there_can_be_is_only_a_large_page_number() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let id = keep(&admin, &entity, &json!({"nombre": "uno"}));
    let cursor = format!("{}.{id}..", u64::MAX);
    let page = admin.get(&format!("{}?page_size=1&cursor={cursor}", records(&entity))).expect(200).clone();
    assert_eq!((&page["page"], &page["items"]), (&json!(u32::MAX), &json!([])));
}
