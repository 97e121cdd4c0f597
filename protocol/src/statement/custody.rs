//! The statements of a hand-over (`SPEC.md` §4). What they do is `transfer`; here is what they say.

use crate::codec::{Decode, Encode};
use crate::id::{BatchId, LetterId, MintNonce, NodeId, OrgCode, Serial, StatementHash};
use crate::member::Standing;
use crate::time::{Day, Month};

use super::Body;
use super::kind::Kind;
use super::named::named;

/// 介绍信: A offers the membership to B. Everything personal is in the private block
/// ([`crate::member::PersonalParticulars`]).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Offer {
    /// The origin organisation that may transfer.
    pub from_org: OrgCode,
    /// The organisation that the letter is addressed to.
    pub to_org: OrgCode,
    /// The number printed on all three parts.
    pub serial: Serial,
    /// The last day on which it may be accepted, to 24:00 Asia/Shanghai.
    pub valid_until: Day,
    /// The last month paid for, if known.
    pub dues_paid_through: Option<Month>,
    /// Full or on probation.
    pub standing: Standing,
    /// Its place in a batch, if it was approved in one.
    pub batch: Option<BatchPlace>,
    /// Why A holds the membership.
    pub provenance: Provenance,
    /// The voided or lost letter that this one stands for, if any.
    pub replaces: Option<LetterId>,
}

/// Why the author of an Offer holds the membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Provenance {
    /// Generation 0: it minted the reference, with this nonce.
    Minted(MintNonce),
    /// Later: the Ack that closed the letter by which the membership came.
    Inbound(StatementHash),
}

/// One letter's place in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BatchPlace {
    /// The approval.
    pub batch: BatchId,
    /// From 0.
    pub index: u32,
    /// Letters in the batch.
    pub count: u32,
}

/// 接收: B takes the member in provisionally and waits for A's Release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Accept {
    /// Where B placed the member.
    pub branch: OrgCode,
}

/// 转出: A has given up the full membership; its private block is the [`HandOverProof`] of how A
/// came by it.
///
/// [`HandOverProof`]: crate::transfer::proof::HandOverProof
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Release {}

/// 回执: B is the full holder, one generation later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    /// The branch that answers for the member from now on.
    pub branch: OrgCode,
}

/// 存根归档: A has filed the Receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ack {}

/// 退回: B does not take the member. A note for people may stand in the private block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Refusal {
    /// The coded ground; there is no refusal without one.
    pub ground: Ground,
    /// The organisation that will accept the member instead.
    pub redirect: Option<OrgCode>,
}

/// 作废: A takes the letter back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Void {
    /// Why.
    pub reason: VoidReason,
}

/// 承继: its audience takes the place of the other party, from which a Receipt or an Ack is due; the
/// private block is the [`CaseFile`].
///
/// [`CaseFile`]: crate::transfer::succession::CaseFile
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Succession {
    /// The party that is gone for good.
    pub predecessor: NodeId,
}

impl Body for Offer {
    const KIND: Kind = Kind::Offer;
}
impl Body for Accept {
    const KIND: Kind = Kind::Accept;
}
impl Body for Release {
    const KIND: Kind = Kind::Release;
}
impl Body for Receipt {
    const KIND: Kind = Kind::Receipt;
}
impl Body for Ack {
    const KIND: Kind = Kind::Ack;
}
impl Body for Refusal {
    const KIND: Kind = Kind::Refusal;
}
impl Body for Void {
    const KIND: Kind = Kind::Void;
}
impl Body for Succession {
    const KIND: Kind = Kind::Succession;
}

named! {
    /// The coded grounds of a refusal.
    Ground {
        /// 非本人.
        NotThisPerson "not_this_person",
        /// 信息不符.
        DetailsDiffer "details_differ",
        /// 过期.
        Expired "expired",
        /// 非本区域: must name who will accept the member.
        OutOfArea "out_of_area",
        /// 无此组织.
        NoSuchOrganisation "no_such_organisation",
        /// 已是本地成员.
        AlreadyMember "already_member",
        /// 本人未到.
        NotArrived "not_arrived",
        /// 已去世.
        Deceased "deceased",
        /// 本人不愿转入.
        MemberDeclines "member_declines",
        /// 信件或证明不合规范; the only ground that a node gives by itself.
        Malformed "malformed",
    }
}

named! {
    /// Why a letter was voided.
    VoidReason {
        /// 撤回.
        Withdrawn "withdrawn",
        /// 遗失.
        Lost "lost",
        /// 过期.
        Expired "expired",
        /// 改派.
        Rerouted "rerouted",
        /// 终止: the membership ended.
        Ended "ended",
    }
}
