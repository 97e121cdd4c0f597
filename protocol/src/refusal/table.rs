//! The rows of the table, by area. Numbers are for ever; a row that falls out of use keeps its
//! number. Each area hands its rows on to the next, and the last to the macro that makes the table.

mod departure;
mod exchange;
mod import;
mod letter;
mod matching;
mod member;
mod node;
mod org;
mod paper;
mod peer;
mod people;
mod reconcile;
mod residence;
mod stay;

use super::{Class, Lang};

use departure::departure_rows;
use exchange::exchange_rows;
use import::import_rows;
use letter::letter_rows;
use matching::matching_rows;
use member::member_rows;
use node::node_rows;
use org::org_rows;
use paper::paper_rows;
use peer::peer_rows;
use people::people_rows;
use reconcile::reconcile_rows;
use residence::residence_rows;
use stay::stay_rows;

node_rows! {
    peer_rows member_rows letter_rows org_rows import_rows exchange_rows paper_rows
    stay_rows reconcile_rows matching_rows residence_rows departure_rows people_rows refusals;
}
