use std::future::Future as _;
use std::pin::pin;
use std::task::Waker;

use super::*;

#[test]
fn a_request_of_http2_waits_until_fewer_are_under_way() {
    let state = ConnectionState::new(true);
    let mut context = Context::from_waker(Waker::noop());
    state.0.requests.set(MOST_AT_ONCE);
    let mut one = pin!(state.has_room());
    assert_eq!(one.as_mut().poll(&mut context), Poll::Pending);
    state.0.requests.set(MOST_AT_ONCE - 1);
    state.0.fewer.notify_one();
    assert_eq!(one.as_mut().poll(&mut context), Poll::Ready(true));

    state.0.requests.set(MOST_AT_ONCE);
    let mut waiting: Vec<_> = (0..MOST_WAITING).map(|_| Box::pin(state.has_room())).collect();
    assert!(waiting.iter_mut().all(|one| one.as_mut().poll(&mut context).is_pending()));
    assert_eq!(pin!(state.has_room()).poll(&mut context), Poll::Ready(false));
    drop(waiting);
    assert_eq!(pin!(state.has_room()).poll(&mut context), Poll::Pending);
    state.0.requests.set(0);
    assert_eq!(pin!(ConnectionState::new(false).has_room()).poll(&mut context), Poll::Ready(true));
}

#[test]
fn a_long_answer_of_http2_is_handed_over_in_parts() {
    let text: Bytes = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    for (is_http2, most) in [(true, PART), (false, text.len())] {
        let state = ConnectionState::new(is_http2);
        let (body, answer) = (BoxBody::new(text.clone()), AnswerUnderWay::begin(&state));
        let mut watched = pin!(Watched { body, answer, rest: Bytes::new() });
        let mut context = Context::from_waker(Waker::noop());
        let mut taken = Vec::new();
        while let Poll::Ready(Some(Ok(part))) = watched.as_mut().poll_next(&mut context) {
            assert!(part.len() <= most);
            assert!(state.waiting_since().is_some());
            taken.extend_from_slice(&part);
        }
        assert_eq!(taken, text);
        assert_eq!(state.waiting_since(), None);
    }
}
