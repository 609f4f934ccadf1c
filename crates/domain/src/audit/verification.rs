//! How a break in a chain is found and named.
//!
//! Not here: the key, and where entries are kept. The code is a keyed function that is passed in.

use super::{AuditEntry, Chain, ChainHead, Mac};

/// The first thing that is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// It is not what was written: edited, or put in by somebody else.
    #[error("entry {seq} was edited")]
    Edited {
        /// Which.
        seq: i64,
    },
    /// It is not there.
    #[error("entry {seq} is missing")]
    Missing {
        /// Which.
        seq: i64,
    },
    /// It is genuine, and was written for another place.
    #[error("entry {seq} was reordered")]
    Reordered {
        /// Where it stands.
        seq: i64,
    },
    /// The chain ends before a head that it once had.
    #[error("the log ends before the exported head: at entry {end}, not {head}")]
    Cut {
        /// Its last entry.
        end: i64,
        /// The entry of the head.
        head: i64,
    },
    /// The chain was cut before a head that it once had, and went on from there.
    #[error("entry {seq} is not that of the exported head: the log was cut before it and went on")]
    Replaced {
        /// The entry of the head.
        seq: i64,
    },
}

impl Breach {
    /// The number of the first entry that is not what was written there, or is not there at all. Those before it are
    /// whole.
    #[must_use]
    pub fn first_bad(self) -> i64 {
        match self {
            Self::Edited { seq } | Self::Missing { seq } | Self::Reordered { seq } | Self::Replaced { seq } => seq,
            Self::Cut { end, .. } => end.saturating_add(1),
        }
    }
}

/// The keyed function that makes the codes of a chain.
pub type MacFunction<'m> = &'m dyn Fn(&[u8]) -> Mac;

/// Gives the next entries after a number, in order of theirs, with the codes that are stored with them; none at the
/// end.
pub trait ReadEntries<E>: FnMut(i64) -> Result<Vec<(AuditEntry, Mac)>, E> {}

impl<E, F: FnMut(i64) -> Result<Vec<(AuditEntry, Mac)>, E>> ReadEntries<E> for F {}

/// Follows a chain from its beginning and says where it ends, or what is wrong first. `heads` are those that it is
/// known to have had.
///
/// # Errors
/// Of `read`.
pub fn verify<E>(
    chain: Chain,
    mac: MacFunction<'_>,
    heads: &[ChainHead],
    mut read: impl ReadEntries<E>,
) -> Result<Result<ChainHead, Breach>, E> {
    let mut head = ChainHead::EMPTY;
    let mut last_read = i64::MIN;
    loop {
        let entries = read(last_read)?;
        let Some((last, _)) = entries.last() else { break };
        last_read = last.seq;
        for (entry, stored) in &entries {
            match follow(chain, mac, &head, entry, stored) {
                Ok(next) => head = next,
                Err(Breach::Edited { seq }) if stands_elsewhere(chain, mac, entry, stored, &mut read)? => {
                    return Ok(Err(Breach::Reordered { seq }));
                }
                Err(breach) => return Ok(Err(breach)),
            }
            if heads.iter().any(|known| known.seq == head.seq && known.mac != head.mac) {
                return Ok(Err(Breach::Replaced { seq: head.seq }));
            }
        }
    }
    let furthest = heads.iter().map(|known| known.seq).max().unwrap_or_default();
    Ok(if furthest > head.seq { Err(Breach::Cut { end: head.seq, head: furthest }) } else { Ok(head) })
}

/// The head after `entry`, if it is the one that follows `head`.
fn follow(
    chain: Chain,
    mac: MacFunction<'_>,
    head: &ChainHead,
    entry: &AuditEntry,
    stored: &Mac,
) -> Result<ChainHead, Breach> {
    let expected = head.seq + 1;
    if entry.seq > expected {
        return Err(Breach::Missing { seq: expected });
    }
    if entry.seq == expected && mac(&entry.message(chain, &head.mac)) == *stored {
        Ok(ChainHead { seq: expected, mac: *stored })
    } else {
        Err(Breach::Edited { seq: entry.seq })
    }
}

/// Whether the entry is genuine at the place of another one, or right after another one. This only names what was
/// found: where it cannot be told, an entry that was moved is called edited.
fn stands_elsewhere<E>(
    chain: Chain,
    mac: MacFunction<'_>,
    entry: &AuditEntry,
    stored: &Mac,
    read: &mut impl ReadEntries<E>,
) -> Result<bool, E> {
    let mut moved = entry.clone();
    let mut genuine_at = |seq: i64, previous: &Mac| {
        moved.seq = seq;
        seq != entry.seq && mac(&moved.message(chain, previous)) == *stored
    };
    if genuine_at(1, &Mac::GENESIS) {
        return Ok(true);
    }
    let mut last_read = i64::MIN;
    loop {
        let others = read(last_read)?;
        let Some((last, _)) = others.last() else { return Ok(false) };
        last_read = last.seq;
        for (other, code) in &others {
            if genuine_at(other.seq, code) || genuine_at(other.seq.saturating_add(1), code) {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::id::CompanyId;

    const CHAIN: Chain = Chain::Company(CompanyId::new(7));

    /// Stands for a keyed code: what these tests need of one is that different messages get different codes.
    fn mac(message: &[u8]) -> Mac {
        let mut lanes =
            [0x9e37_79b9_7f4a_7c15_u64, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93];
        for (index, lane) in (0..).zip(&mut lanes) {
            for byte in message {
                *lane = (*lane ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(5 + index);
            }
        }
        let mut code = [0; 32];
        for (part, lane) in code.chunks_mut(8).zip(lanes) {
            part.copy_from_slice(&lane.to_be_bytes());
        }
        Mac(code)
    }

    type Kept = Vec<(AuditEntry, Mac)>;

    fn chained(entries: impl IntoIterator<Item = AuditEntry>) -> Kept {
        let mut previous = Mac::GENESIS;
        let mut kept = Kept::new();
        for (mut entry, seq) in entries.into_iter().zip(1..) {
            entry.seq = seq;
            previous = mac(&entry.message(CHAIN, &previous));
            kept.push((entry, previous));
        }
        kept
    }

    /// Reads pages of three, in order of numbers.
    fn checked(kept: &Kept, heads: &[ChainHead]) -> Result<ChainHead, Breach> {
        let mut sorted = kept.clone();
        sorted.sort_by_key(|(entry, _)| entry.seq);
        let read = |after| -> Result<Kept, Infallible> {
            Ok(sorted.iter().filter(|(entry, _)| entry.seq > after).take(3).cloned().collect())
        };
        let Ok(verdict) = verify(CHAIN, &mac, heads, read);
        verdict
    }

    /// The number of the entry at that place.
    fn number(index: usize) -> i64 {
        i64::try_from(index).unwrap() + 1
    }

    fn head_of(kept: &Kept) -> ChainHead {
        kept.last().map_or(ChainHead::EMPTY, |(entry, mac)| ChainHead { seq: entry.seq, mac: *mac })
    }

    prop_compose! {
        fn any_entry()(
            at_micros: i64,
            actor_id: Option<i64>,
            texts in prop::array::uniform3(".{0,12}"),
            optional in prop::array::uniform3(prop::option::of(".{0,12}")),
            count in 1..1_000_i64,
        ) -> AuditEntry {
            let [actor, action, outcome] = texts;
            let [target, address, request_id] = optional;
            AuditEntry { seq: 0, at_micros, actor_id, actor, action, target, address, request_id, outcome, count }
        }
    }

    fn any_chain() -> impl Strategy<Value = Kept> {
        prop::collection::vec(any_entry(), 2..12).prop_map(chained)
    }

    /// Changes one field, or the code.
    fn edit((entry, code): &mut (AuditEntry, Mac), field: usize) {
        let more = |text: &mut Option<String>| *text = Some(format!("{}x", text.take().unwrap_or_default()));
        match field {
            0 => entry.at_micros = entry.at_micros.wrapping_add(1),
            1 => entry.actor_id = entry.actor_id.map_or(Some(0), |_| None),
            2 => entry.actor.push('x'),
            3 => entry.action.push('x'),
            4 => more(&mut entry.target),
            5 => more(&mut entry.address),
            6 => more(&mut entry.request_id),
            7 => entry.outcome.push('x'),
            8 => entry.count += 1,
            // A letter moves over the border of two fields.
            9 => entry.actor.insert(0, entry.action.pop().unwrap_or('x')),
            _ => code.0[0] ^= 1,
        }
    }

    proptest! {
        #[test]
        fn a_chain_that_nobody_touched_is_sound(kept in any_chain()) {
            prop_assert_eq!(checked(&kept, &[head_of(&kept)]), Ok(head_of(&kept)));
        }

        #[test]
        fn an_edit_of_any_field_is_found_where_it_was_made(mut kept in any_chain(), at: prop::sample::Index, field in 0..11_usize) {
            let row = at.index(kept.len());
            edit(&mut kept[row], field);
            prop_assert_eq!(checked(&kept, &[]), Err(Breach::Edited { seq: number(row) }));
        }

        #[test]
        fn a_row_taken_out_is_missing(mut kept in any_chain(), at: prop::sample::Index) {
            let row = at.index(kept.len() - 1);
            kept.remove(row);
            prop_assert_eq!(checked(&kept, &[]), Err(Breach::Missing { seq: number(row) }));
        }

        #[test]
        fn a_gap_that_was_closed_by_new_numbers_is_found(mut kept in any_chain(), at: prop::sample::Index) {
            let row = at.index(kept.len() - 1);
            kept.remove(row);
            kept[row..].iter_mut().for_each(|(entry, _)| entry.seq -= 1);
            prop_assert_eq!(checked(&kept, &[]), Err(Breach::Edited { seq: number(row) }));
        }

        #[test]
        fn rows_that_changed_places_are_reordered(
            mut kept in any_chain(), one: prop::sample::Index, other: prop::sample::Index,
        ) {
            let (one, other) = (one.index(kept.len()), other.index(kept.len()));
            prop_assume!(one != other);
            let numbers = (kept[one].0.seq, kept[other].0.seq);
            (kept[other].0.seq, kept[one].0.seq) = numbers;
            prop_assert_eq!(checked(&kept, &[]), Err(Breach::Reordered { seq: number(one.min(other)) }));
        }

        #[test]
        fn a_row_put_in_is_found(mut kept in any_chain(), forged in any_entry(), at: prop::sample::Index) {
            let row = at.index(kept.len() + 1);
            kept[row..].iter_mut().for_each(|(entry, _)| entry.seq += 1);
            let forged = AuditEntry { seq: number(row), ..forged };
            kept.insert(row, (forged, Mac([7; 32])));
            prop_assert_eq!(checked(&kept, &[]), Err(Breach::Edited { seq: number(row) }));
        }

        #[test]
        fn a_cut_end_is_found_by_a_head_of_before(kept in any_chain(), rest: prop::sample::Index, regrown in any_entry()) {
            let head = head_of(&kept);
            let mut cut = kept.clone();
            cut.truncate(rest.index(kept.len()));
            let end = number(cut.len()) - 1;
            prop_assert_eq!(checked(&cut, &[]), Ok(head_of(&cut)), "by itself a cut end cannot be seen");
            prop_assert_eq!(checked(&cut, &[head]), Err(Breach::Cut { end, head: head.seq }));
            let regrown = (cut.len()..kept.len()).map(|index| AuditEntry { actor: format!("r{index}"), ..regrown.clone() });
            let longer = chained(cut.iter().map(|(entry, _)| entry.clone()).chain(regrown));
            prop_assert_eq!(checked(&longer, &[head]), Err(Breach::Replaced { seq: head.seq }));
        }

        #[test]
        fn an_entry_of_one_chain_is_none_of_another(entry in any_entry()) {
            let ours = entry.message(CHAIN, &Mac::GENESIS);
            prop_assert_ne!(&ours, &entry.message(Chain::Platform, &Mac::GENESIS));
            prop_assert_ne!(&ours, &entry.message(CHAIN, &Mac([1; 32])));
        }
    }
}
