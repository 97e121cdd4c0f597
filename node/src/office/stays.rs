//! 双向管理: members of ours who are away, and members of others who stay here.
//!
//! What may be said is decided by `protocol::stay`; here it is loaded, signed and stored. A stay
//! changes nothing in the roster but the mark that a member is away.

mod follow;
mod notice;
mod say;
mod show;

use protocol::limits::{PHONE_CHARS_MAX, TEXT_CHARS_MAX};
use protocol::member::is_name;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};
use protocol::statement::mobility::particulars::ContactPerson;

use crate::store::rows::{PeerRow, PeerState, StayRow};

use super::decide::{Decision, Stop};
use super::peers::writable;
use super::text;

pub use notice::{Goer, NoticeRequest, ReportInRequest};
pub use say::{EndRequest, PlaceRequest, ReportRequest};
pub(super) use show::SHOWN_MAX;

/// Somebody to call, as typed.
#[derive(Debug, Clone, Default)]
pub struct ContactRequest {
    /// 姓名.
    pub name: Private<String>,
    /// 电话.
    pub phone: Private<String>,
}

impl ContactRequest {
    pub(super) fn read(&self) -> Result<ContactPerson, Refusal> {
        let name = self.name.reveal().trim();
        if !is_name(name) {
            return Err(Refusal::about(Code::FieldInvalid, "contact"));
        }
        let phone = text::free_text(self.phone.reveal(), "contact_phone", PHONE_CHARS_MAX)?;
        Ok(ContactPerson { name: name.into(), phone })
    }
}

/// Free text of a stay.
pub(super) fn prose(text: &Private<String>, field: &str) -> Result<Private<String>, Refusal> {
    text::free_text(text.reveal().trim(), field, TEXT_CHARS_MAX)
}

impl Decision<'_> {
    /// The stay whose id begins with `text`, with its other side, to say something in it.
    pub(super) fn stay_to_change(&mut self, text: &str) -> Result<(StayRow, PeerRow), Stop> {
        let (row, peer) = self.stay_with_peer(text)?;
        writable(&peer)?;
        Ok((row, peer))
    }

    /// The same, to end it, also with a region whose node was revoked or replaced: a member of ours
    /// must come home or go on to another place, and a guest must leave the worklist. What is
    /// signed then rests in our feed for it.
    fn stay_to_end(&mut self, text: &str) -> Result<(StayRow, PeerRow), Stop> {
        let (row, peer) = self.stay_with_peer(text)?;
        if peer.state != PeerState::Revoked {
            writable(&peer)?;
        }
        Ok((row, peer))
    }

    fn stay_with_peer(&mut self, text: &str) -> Result<(StayRow, PeerRow), Stop> {
        let row = self.snapshot.named_stay(text)?;
        let peer = self.snapshot.peer(row.peer)?;
        let peer = peer.ok_or_else(|| Refusal::about(Code::PeerUnknown, row.peer.0))?;
        Ok((row, peer))
    }

    /// The same, where only one side may say it.
    fn stay_of(&mut self, text: &str, own: bool) -> Result<(StayRow, PeerRow), Stop> {
        let (row, peer) = self.stay_to_change(text)?;
        if row.own != own {
            return Err(Refusal::about(Code::StayNotOwn, row.core.id).into());
        }
        Ok((row, peer))
    }
}
