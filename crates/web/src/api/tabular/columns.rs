//! The names that columns go by: the one list for uploads and for the command line.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a column holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// When something was observed.
    Time,
    /// Followers of an account.
    Followers,
    /// An account's running total of posts.
    Posts,
    /// Accounts that an account follows.
    Following,
    /// Whose observations these are.
    Account,
    /// Which series a row belongs to.
    Series,
    /// A number in a row of its own: which series it is of, or only which row.
    Id,
    /// The observed number, whatever it counts.
    Value,
}

/// The names of each column as names are compared: letters and digits alone.
const NAMES: [(Column, &[&str]); 8] = [
    (
        Column::Time,
        &["hora", "fecha", "fechayhora", "fechahora", "ds", "date", "datetime", "time", "timestamp", "dia", "day"],
    ),
    (
        Column::Followers,
        &[
            "seguidores",
            "totalseguidores",
            "totaldeseguidores",
            "numerodeseguidores",
            "nodeseguidores",
            "ndeseguidores",
            "nrodeseguidores",
            "cantidaddeseguidores",
            "followers",
            "followerscount",
            "totalfollowers",
        ],
    ),
    (Column::Posts, &["tweets", "publicaciones", "posts"]),
    (Column::Following, &["siguiendo", "following", "seguidos"]),
    (Column::Account, &["usuario", "cuenta", "username", "account"]),
    (Column::Series, &["uniqueid", "serie", "series", "seriesid"]),
    (Column::Id, &["id"]),
    (Column::Value, &["y", "valor", "value"]),
];

impl Column {
    /// The column of that name; letter case, accents, blanks and marks between words do not count.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = folded(name);
        NAMES.iter().find_map(|(column, names)| names.contains(&name.as_str()).then_some(*column))
    }
}

/// A name as names are compared: its letters and digits, without accents, in lower case.
fn folded(name: &str) -> String {
    let letters = name.nfkd().filter(|character| !is_combining_mark(*character) && character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_people_write_them() {
        for (name, column) in [
            ("FECHA", Column::Time),
            ("\u{feff}Fecha ", Column::Time),
            ("Fecha y Hora", Column::Time),
            ("dia", Column::Time),
            ("Di\u{301}a", Column::Time),
            ("Date/Time", Column::Time),
            ("Seguidores", Column::Followers),
            ("N\u{fa}mero de seguidores", Column::Followers),
            ("followers_count", Column::Followers),
            ("N.º de seguidores", Column::Followers),
            ("N° de seguidores", Column::Followers),
            ("Nro. de seguidores", Column::Followers),
            ("Cantidad de seguidores", Column::Followers),
            ("Unique ID", Column::Series),
            ("unique-id", Column::Series),
            ("ID", Column::Id),
            ("Y", Column::Value),
            ("Valor", Column::Value),
        ] {
            assert_eq!(Column::named(name), Some(column), "{name:?}");
        }
        for name in ["", " ", "yy", "likes", "fechas", "Hora local"] {
            assert_eq!(Column::named(name), None, "{name:?}");
        }
    }

    #[test]
    fn no_name_is_of_two_columns() {
        let all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert!((1..all.len()).all(|place| !all[..place].contains(&all[place])), "{all:?}");
        assert!(all.iter().all(|name| folded(name) == **name), "a name in the list has to be as names are compared");
    }
}
