//! Meaning: a member who is employed in one place and lives in another is known to both, and unit
//! and community tell each other what they must (双报到, `SPEC.md` §10).
//!
//! A residence is a function of the *set* of its statements ([`state`]), as a stay is: one writer a
//! statement, no order, no repetition. What the unit may say is in [`unit`], what the community may
//! say in [`community`]. It moves no affiliation and no custody, and nobody here is given a mark.

pub mod community;
pub mod state;
pub mod unit;

#[cfg(test)]
mod tests;
