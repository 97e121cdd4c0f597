//! How large the searches are.

use crate::moves::Size;

const fn honest(name: &'static str, nodes: usize, letters: usize, clocks: bool) -> Size {
    let (route, malicious, mortal, puppet) = (&[], None, None, false);
    Size { name, nodes, letters, route, malicious, clocks, puppet, mortal }
}

const fn malicious(
    name: &'static str,
    nodes: usize,
    letters: usize,
    route: &'static [(usize, usize)],
) -> Size {
    Size { route, malicious: Some(1), ..honest(name, nodes, letters, false) }
}

/// Two nodes, one letter, and the last day.
pub const PAIR_ONE: Size = honest("2 nodes, 1 letter, last day", 2, 1, true);
/// Two nodes: re-issue, re-route to the same, return.
pub const PAIR_TWO: Size = honest("2 nodes, 2 letters, last day", 2, 2, true);
/// Two nodes, there and back and there again.
pub const PAIR_THREE: Size = honest("2 nodes, 3 letters", 2, 3, false);
/// Three nodes: re-route, onward, return.
pub const TRIO_TWO: Size = honest("3 nodes, 2 letters", 3, 2, false);
/// All of them, with the last day.
pub const TRIO_TWO_CLOCKS: Size = honest("3 nodes, 2 letters, last day", 3, 2, true);
/// Three nodes, three letters, from anybody to anybody.
pub const TRIO_THREE: Size = honest("3 nodes, 3 letters", 3, 3, false);
/// A malicious destination.
pub const MALICE_PAIR: Size = malicious("2 nodes, 1 letter, malicious B", 2, 1, &[]);
/// It offers onward.
pub const MALICE_TWO: Size = malicious("3 nodes, 2 letters, malicious B", 3, 2, &[]);
/// It offers onward while the origin re-routes.
pub const MALICE_THREE: Size = malicious("3 nodes, 3 letters, malicious B", 3, 3, &[]);
/// A to B, B to C.
pub const MALICE_ONWARD: Size = malicious("3 nodes, A-B-C, malicious B", 3, 2, &[(0, 1), (1, 2)]);
/// A to B, and back by two letters at once.
pub const MALICE_TWICE: Size =
    malicious("3 nodes, A-B-A and B-A, malicious B", 3, 3, &[(0, 1), (1, 0), (1, 0)]);
/// A to B and back, then to C; then B offers again what it gave back.
pub const MALICE_AGAIN: Size =
    malicious("3 nodes, A-B-A-C and B-A, malicious B", 3, 4, &[(0, 1), (1, 0), (0, 2), (1, 0)]);

/// For a longer search.
pub const PAIR_THREE_CLOCKS: Size = honest("2 nodes, 3 letters, last day", 2, 3, true);
/// For a longer search.
pub const PAIR_FOUR: Size = honest("2 nodes, 4 letters", 2, 4, false);
/// Onward, home, and out again.
pub const TRIO_ROUND: Size =
    Size { route: &[(0, 1), (1, 2), (2, 0), (0, 1)], ..honest("3 nodes, A-B-C-A-B", 3, 4, false) };

const fn mortal(
    name: &'static str,
    nodes: usize,
    route: &'static [(usize, usize)],
    mortal: usize,
) -> Size {
    let letters = route.len();
    Size { route, mortal: Some(mortal), ..honest(name, nodes, letters, false) }
}

/// The destination may be gone at any time; its successor sends the member home.
pub const NEW_DESTINATION: Size = mortal("A-B, B gone, B'-A", 3, &[(0, 1), (2, 0)], 1);
/// The origin may be gone at any time; the member goes on to its successor.
pub const NEW_ORIGIN: Size = mortal("A-B, A gone, B-A'", 3, &[(0, 1), (1, 2)], 0);
/// What nobody accepted is issued again to the successor.
pub const NEW_ADDRESSEE: Size = mortal("A-B, B gone, A-B'", 3, &[(0, 1), (0, 2)], 1);
/// Anybody to anybody, among three and a successor of the second.
pub const TRIO_MORTAL: Size =
    Size { mortal: Some(1), ..honest("3 nodes, 2 letters, B gone", 4, 2, false) };
/// B says that A is gone, has the Ack of a node of its own making, and offers to C.
pub const PUPPET: Size = Size {
    puppet: true,
    ..malicious("3 nodes, A-B-C, malicious B and a puppet", 4, 2, &[(0, 1), (1, 2)])
};
