//! How a place takes a guest in, and how home and place share the managing: coded words that an
//! office notes for itself. Nothing follows from them, and they do not travel.

use crate::statement::named::named;

named! {
    /// 接收方式: by what the place takes the member in (S2).
    IntakeMode {
        /// 融入: into the life of the community's own branch.
        Embedded "embedded",
        /// 挂靠: attached to a service station or another organisation.
        Attached "attached",
        /// 归口: by trade or system.
        ByIndustry "by_industry",
    }
}

named! {
    /// 管理方式: how much of the managing the place does (S0).
    ManagementMode {
        /// 直管: all of it.
        Direct "direct",
        /// 协管: it assists the home organisation.
        Assisted "assisted",
        /// 参管: it takes part in some matters.
        Participatory "participatory",
        /// 联管: both together.
        Joint "joint",
    }
}
