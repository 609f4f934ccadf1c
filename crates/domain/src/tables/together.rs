//! Fields whose values together are unique.

use super::field::FieldNumber;

/// Fields whose values together no two records of an entity type have. A record that has no value in one of them has
/// nothing together that another could have too, as in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueSet {
    /// Which of the sets of its entity type, from 1: it stays while the set does, so that what is stored finds it.
    pub number: i32,
    /// The fields, each once, by number.
    pub fields: Vec<FieldNumber>,
}

impl UniqueSet {
    /// The most sets of an entity type.
    pub const MOST: usize = 10;
    /// The fewest fields of a set: of one field the rule is the field's own.
    pub const FEWEST_FIELDS: usize = 2;
    /// The most fields of a set.
    pub const MOST_FIELDS: usize = 8;

    /// Whether the field is one of the set.
    #[must_use]
    pub fn has(&self, field: FieldNumber) -> bool {
        self.fields.contains(&field)
    }

    /// Sets of these fields, each once. Those that were there before keep their number.
    #[must_use]
    pub fn numbered(wanted: Vec<Vec<FieldNumber>>, before: &[Self]) -> Vec<Self> {
        let mut next = before.iter().map(|set| set.number).max().unwrap_or(0) + 1;
        let mut sets: Vec<Self> = Vec::with_capacity(wanted.len());
        for mut fields in wanted {
            fields.sort_unstable();
            fields.dedup();
            if sets.iter().any(|set| set.fields == fields) {
                continue;
            }
            let same = before.iter().find(|set| set.fields == fields);
            let number = same.map_or(next, |set| set.number);
            next += i32::from(same.is_none());
            sets.push(Self { number, fields });
        }
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(numbers: &[i32]) -> Vec<FieldNumber> {
        numbers.iter().copied().map(FieldNumber::new).collect()
    }

    #[test]
    fn a_set_keeps_its_number_whatever_the_order_of_its_fields() {
        let first = UniqueSet::numbered(vec![fields(&[1, 2]), fields(&[2, 3])], &[]);
        assert_eq!(first.iter().map(|set| set.number).collect::<Vec<_>>(), [1, 2]);
        let then = UniqueSet::numbered(vec![fields(&[4, 1]), fields(&[3, 2]), fields(&[2, 3, 3])], &first);
        let numbers: Vec<_> = then.iter().map(|set| (set.number, set.fields.clone())).collect();
        assert_eq!(numbers, [(3, fields(&[1, 4])), (2, fields(&[2, 3]))]);
    }
}
