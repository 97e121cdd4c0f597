//! Letters that come by hand: the code on paper, told, verified, scanned while the issuer cannot be
//! reached, and completed by itself when it can.

mod codes;
mod neighbours;
mod orders;
