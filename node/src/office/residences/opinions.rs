//! 征求意见: the questions that units asked communities, and what they answered.

use protocol::refusal::Refusal;
use protocol::statement::kind::Kind;

use crate::store::Snapshot;
use crate::store::residences::{OpinionFilter, ResidenceFilter};
use crate::store::rows::{ResidenceRow, ResidenceRowId};

use super::super::decide::Stop;
use super::super::letters::is_own;
use super::super::members::cursor;
use super::super::stays::SHOWN_MAX;
use super::super::{Office, view};
use super::show::Spoken;

impl Office {
    /// The last question of each residence in which one was asked, newest residence first.
    ///
    /// # Errors
    /// `field.invalid` (direction or cursor).
    pub fn opinions(
        &self,
        direction: Option<&str>,
        open: bool,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Page<view::Opinion>, Refusal> {
        let opinion = if open { OpinionFilter::Open } else { OpinionFilter::Asked };
        let filter = ResidenceFilter {
            own: is_own(direction)?,
            opinion: Some(opinion),
            ..ResidenceFilter::default()
        };
        let before = Some(cursor(after)?).filter(|row| *row != 0).map(ResidenceRowId);
        self.look(|office, snapshot| {
            let rows = snapshot.residences(filter, before, limit.saturating_add(1))?;
            let page = view::Page::cut(rows, limit, |row| row.id.0.to_string());
            let mut items = Vec::new();
            for row in &page.items {
                items.extend(office.opinion_view(snapshot, row)?);
            }
            Ok(view::Page { items, next: page.next })
        })
    }

    fn opinion_view(
        &self,
        snapshot: &Snapshot<'_>,
        row: &ResidenceRow,
    ) -> Result<Option<view::Opinion>, Stop> {
        let core = &row.core;
        let Some((hash, asked)) = core.opinion() else { return Ok(None) };
        let questions = self.spoken_in(snapshot, row, Some(Kind::OpinionRequest), SHOWN_MAX)?;
        let question = questions.iter().find(|one| one.statement.hash() == hash);
        let answers = self.spoken_in(snapshot, row, Some(Kind::OpinionReply), SHOWN_MAX)?;
        let answered = |one: &&Spoken| one.statement.fields().answers.get(1) == Some(&hash);
        let answer = answers.iter().find(answered);
        let person = self.who_resides(snapshot, row)?;
        let name = person.map(|person| person.name.reveal().clone());
        Ok(Some(view::Opinion {
            residence: core.id.to_string(),
            member: view::MemberName { member: core.member.to_string(), name },
            matter: asked.matter.name().to_owned(),
            from_org: core.introduction.from_org.to_string(),
            to_org: core.community().to_string(),
            asked_on: asked.on.to_string(),
            question: question.and_then(Spoken::text),
            answered_on: answer.map(|one| one.said.on().to_string()),
            answer: answer.and_then(Spoken::text),
        }))
    }
}
