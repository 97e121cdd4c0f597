//! Which arriving handshakes are worked on: bounded altogether, by address, and by whether the
//! address is proven.
//!
//! A forged source address costs the forger one packet, so addresses that are not proven share a
//! small bound and never count against the address they name. It does not know keys or peers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::limits::{CONNECTIONS_MAX, HANDSHAKES_MAX, HANDSHAKES_PER_ADDRESS_MAX, UNVALIDATED_MAX};

/// Counts the handshakes under way.
#[derive(Clone, Default)]
pub(super) struct Admission(Arc<Mutex<Counts>>);

/// What to do with an arriving handshake.
pub(super) enum Verdict {
    /// Work on it and hold the ticket until it is over.
    Proceed(Ticket),
    /// Have it prove its address first.
    Retry,
    /// There is no room.
    Refuse,
}

/// One handshake under way; dropping it makes room.
pub(super) struct Ticket {
    admission: Admission,
    address: IpAddr,
    validated: bool,
}

#[derive(Default)]
struct Counts {
    all: usize,
    unvalidated: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Admission {
    /// Judges a handshake from `address`, which is proven if `validated`, while `open` connections
    /// exist.
    pub fn judge(&self, address: IpAddr, validated: bool, open: usize) -> Verdict {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open >= CONNECTIONS_MAX || counts.all >= HANDSHAKES_MAX {
            return Verdict::Refuse;
        }
        if !validated {
            if counts.unvalidated >= UNVALIDATED_MAX {
                return Verdict::Retry;
            }
            counts.unvalidated += 1;
        } else {
            let here = counts.by_address.entry(address).or_default();
            if *here >= HANDSHAKES_PER_ADDRESS_MAX {
                return Verdict::Refuse;
            }
            *here += 1;
        }
        counts.all += 1;
        Verdict::Proceed(Ticket { admission: self.clone(), address, validated })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut counts = self.admission.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        if !self.validated {
            counts.unvalidated -= 1;
        } else if let Some(here) = counts.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn address(last: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + last).into())
    }

    fn proceed(verdict: Verdict) -> Option<Ticket> {
        if let Verdict::Proceed(ticket) = verdict { Some(ticket) } else { None }
    }

    #[test]
    fn forged_addresses_take_neither_all_the_room_nor_that_of_the_address_they_name() {
        let admission = Admission::default();
        let mut held: Vec<Ticket> = (0..UNVALIDATED_MAX)
            .map(|_| proceed(admission.judge(address(1), false, 0)).unwrap())
            .collect();
        assert!(matches!(admission.judge(address(1), false, 0), Verdict::Retry));
        assert!(matches!(admission.judge(address(1), true, 0), Verdict::Proceed(_)));
        held.pop();
        assert!(matches!(admission.judge(address(1), false, 0), Verdict::Proceed(_)));
    }

    #[test]
    fn one_address_does_not_crowd_out_the_others() {
        let admission = Admission::default();
        let mut held: Vec<Ticket> = (0..HANDSHAKES_PER_ADDRESS_MAX)
            .map(|_| proceed(admission.judge(address(1), true, 0)).unwrap())
            .collect();
        assert!(matches!(admission.judge(address(1), true, 0), Verdict::Refuse));
        held.extend(proceed(admission.judge(address(2), true, 0)));
        assert_eq!(held.len(), HANDSHAKES_PER_ADDRESS_MAX + 1);
        held.clear();
        assert!(admission.0.lock().unwrap().by_address.is_empty(), "nothing is left behind");
    }

    #[test]
    fn handshakes_and_connections_are_bounded_altogether() {
        let admission = Admission::default();
        let held: Vec<Ticket> =
            (0..10_000).filter_map(|i| proceed(admission.judge(address(i), true, 0))).collect();
        assert_eq!(held.len(), HANDSHAKES_MAX);
        drop(held);
        assert!(matches!(admission.judge(address(1), true, CONNECTIONS_MAX), Verdict::Refuse));
    }
}
