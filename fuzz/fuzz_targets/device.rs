//! Device tokens: no bytes break the parser, every claim has one text only, and of all texts only the genuine token is
//! good.

#![no_main]

use std::sync::LazyLock;

use atalaya_application::ports::security::DeviceTokens;
use atalaya_infrastructure::security::{DeviceClaim, HmacDeviceTokens};
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

const OWNER: &str = "ana";

static TOKENS: LazyLock<HmacDeviceTokens> = LazyLock::new(|| HmacDeviceTokens::new(&vec![7; 32].into()));
static GENUINE: LazyLock<String> = LazyLock::new(|| TOKENS.issue(OWNER).unwrap().expose_secret().to_owned());

fuzz_target!(|changes: (&str, u16, u8)| {
    let (text, place, by) = changes;
    let mut flipped = GENUINE.clone().into_bytes();
    let place = usize::from(place) % flipped.len();
    flipped[place] ^= by & 0x7f;
    let flipped = String::from_utf8(flipped).unwrap();
    for candidate in [text, flipped.as_str()] {
        assert_eq!(TOKENS.verify(OWNER, candidate).is_some(), candidate == *GENUINE, "{candidate}");
        assert!(TOKENS.verify("ben", candidate).is_none(), "{candidate} is good for somebody else");
        if let (Some(one), Some(other)) = (DeviceClaim::parse(candidate), DeviceClaim::parse(&GENUINE)) {
            assert_eq!(one == other, candidate == *GENUINE, "one claim has two texts: {candidate}");
        }
    }
});
