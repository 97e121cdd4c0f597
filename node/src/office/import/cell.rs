//! One cell as a value of a roster or a table of organisations: read strictly, never repaired.
//!
//! Outer blanks are not part of a value, except in an identity number, where they are a fault.

use protocol::id::OrgCode;
use protocol::limits::{NAME_CHARS_MAX, PHONE_CHARS_MAX, TEXT_CHARS_MAX};
use protocol::member::{IdNumber, IdNumberFault, Sex, Standing, is_name, is_plain_text};
use protocol::private::Private;
use protocol::refusal::Code;
use protocol::statement::directory::OrgKind;
use protocol::time::{Day, Month};

use super::fault::Problem;
use super::sheet::Cell;

const PHONE_DIGITS_MIN: usize = 5;
/// Above this, numbers of a spreadsheet lose digits.
const INTEGER_MAX: f64 = 1e15;

/// A person's name.
///
/// # Errors
/// `field.invalid`, also for text that a spreadsheet would take for a formula.
pub fn name(cell: &Cell) -> Result<Private<String>, Problem> {
    let text = plain(cell)?;
    let formula = text.reveal().starts_with(['=', '+', '-', '@']);
    if is_name(text.reveal()) && !formula { Ok(text) } else { Err(misfit()) }
}

/// The name of an ethnicity.
///
/// # Errors
/// `field.invalid`.
pub fn ethnicity(cell: &Cell) -> Result<Private<String>, Problem> {
    name(cell)
}

/// A citizen's identity number, which only a text cell holds whole.
///
/// # Errors
/// `id.numeric_cell`, `id.checksum`, `id.birth_date`, `id.shape`.
pub fn id_number(cell: &Cell) -> Result<IdNumber, Problem> {
    let text = match cell {
        Cell::Text(text) => text.reveal(),
        Cell::Number(_) | Cell::Date(_) => return Err(Problem::new(Code::IdNumericCell)),
        Cell::Blank | Cell::Bool(_) | Cell::Error(_) => return Err(Problem::new(Code::IdShape)),
    };
    if is_scientific(text) {
        return Err(Problem::new(Code::IdNumericCell));
    }
    IdNumber::parse(text).map_err(|fault| match fault {
        IdNumberFault::Checksum { expected } => Problem::check_character(expected),
        IdNumberFault::BirthDate => Problem::new(Code::IdBirthDate),
        IdNumberFault::Shape if text.starts_with('\'') => Problem::apostrophe(),
        IdNumberFault::Shape => Problem::new(Code::IdShape),
    })
}

/// Full or probationary.
///
/// # Errors
/// `standing.unknown`.
pub fn standing(cell: &Cell) -> Result<Standing, Problem> {
    match plain(cell)?.reveal().to_ascii_lowercase().as_str() {
        "正式党员" | "正式" | "full" => Ok(Standing::Full),
        "预备党员" | "预备" | "probationary" => Ok(Standing::Probationary),
        _ => Err(Problem::new(Code::StandingUnknown)),
    }
}

/// Male or female.
///
/// # Errors
/// `field.invalid`.
pub fn sex(cell: &Cell) -> Result<Sex, Problem> {
    match plain(cell)?.reveal().to_ascii_lowercase().as_str() {
        "男" | "male" | "m" => Ok(Sex::Male),
        "女" | "female" | "f" => Ok(Sex::Female),
        _ => Err(misfit()),
    }
}

/// The code or name of an organisation, as text; whether it exists is not asked here.
///
/// # Errors
/// `field.invalid`.
pub fn organisation(cell: &Cell) -> Result<String, Problem> {
    let text = plain(cell)?;
    let is_org = is_plain_text(text.reveal(), NAME_CHARS_MAX);
    if is_org { Ok(text.reveal().clone()) } else { Err(misfit()) }
}

/// The code of an organisation of any region; whether it exists is not asked here.
///
/// # Errors
/// `field.invalid`.
pub fn org_code(cell: &Cell) -> Result<OrgCode, Problem> {
    plain(cell)?.reveal().parse().map_err(|_| misfit())
}

/// The level of an organisation.
///
/// # Errors
/// `field.invalid`.
pub fn org_kind(cell: &Cell) -> Result<OrgKind, Problem> {
    match plain(cell)?.reveal().to_ascii_lowercase().as_str() {
        "党委" | "基层党委" => Ok(OrgKind::Committee),
        "党总支" => Ok(OrgKind::GeneralBranch),
        "党支部" | "支部" => Ok(OrgKind::Branch),
        "党小组" | "小组" => Ok(OrgKind::Group),
        "临时党组织" | "临时" => Ok(OrgKind::Temporary),
        name => OrgKind::from_name(name).ok_or_else(misfit),
    }
}

/// Yes or no.
///
/// # Errors
/// `field.invalid`.
pub fn yes_no(cell: &Cell) -> Result<bool, Problem> {
    if let Cell::Bool(value) = cell {
        return Ok(*value);
    }
    match plain(cell)?.reveal().to_ascii_lowercase().as_str() {
        "是" | "yes" | "true" | "1" => Ok(true),
        "否" | "no" | "false" | "0" => Ok(false),
        _ => Err(misfit()),
    }
}

/// Free text.
///
/// # Errors
/// `field.invalid`.
pub fn text(cell: &Cell) -> Result<Private<String>, Problem> {
    let text = plain(cell)?;
    if is_plain_text(text.reveal(), TEXT_CHARS_MAX) { Ok(text) } else { Err(misfit()) }
}

/// A phone number: digits, `+`, `-` and blanks. A number of a spreadsheet keeps its digits.
///
/// # Errors
/// `field.invalid`.
pub fn phone(cell: &Cell) -> Result<Private<String>, Problem> {
    let text = match cell {
        Cell::Number(number) => Private::new(integer(*number).ok_or_else(misfit)?),
        cell => plain(cell)?,
    };
    let digits = text.reveal().bytes().filter(u8::is_ascii_digit).count();
    let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b' ');
    let is_phone = digits >= PHONE_DIGITS_MIN
        && text.reveal().len() <= PHONE_CHARS_MAX
        && text.reveal().bytes().all(allowed);
    if is_phone { Ok(text) } else { Err(misfit()) }
}

/// A day: `2026-03-31`, `2026/3/31`, `2026.3.31`, `20260331`, `2026年3月31日`, or a date cell.
///
/// # Errors
/// `date.invalid`.
pub fn day(cell: &Cell) -> Result<Day, Problem> {
    if let Cell::Date(date) = cell {
        return date.day().ok_or_else(no_date);
    }
    let text = date_text(cell)?;
    let [year, month, day] = date_parts(text.reveal(), "日").ok_or_else(no_date)?;
    let small = |part: u16| i8::try_from(part).ok();
    let (month, day) = small(month).zip(small(day)).ok_or_else(no_date)?;
    i16::try_from(year).ok().and_then(|year| Day::from_civil(year, month, day)).ok_or_else(no_date)
}

/// A month: `2026-03`, `2026/3`, `2026.3`, `202603`, `2026年3月`, or a date cell.
///
/// # Errors
/// `date.invalid`, also for `2026.1`, which may have been `2026.10` before a spreadsheet took it
/// for a number.
pub fn month(cell: &Cell) -> Result<Month, Problem> {
    if let Cell::Date(date) = cell {
        return date.day().map(Day::month).ok_or_else(no_date);
    }
    let text = date_text(cell)?;
    if text.reveal().ends_with(".1") {
        return Err(Problem::one_or_ten());
    }
    let [year, month] = date_parts(text.reveal(), "月").ok_or_else(no_date)?;
    u8::try_from(month).ok().and_then(|month| Month::new(year, month)).ok_or_else(no_date)
}

fn misfit() -> Problem {
    Problem::of_form(Code::FieldInvalid)
}

fn no_date() -> Problem {
    Problem::of_form(Code::DateInvalid)
}

/// The text of a cell without outer blanks; a whole number counts as its digits.
fn plain(cell: &Cell) -> Result<Private<String>, Problem> {
    match cell {
        Cell::Text(text) => Ok(text.reveal().trim().into()),
        Cell::Number(number) => Ok(Private::new(integer(*number).ok_or_else(misfit)?)),
        Cell::Blank | Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => Err(misfit()),
    }
}

fn date_text(cell: &Cell) -> Result<Private<String>, Problem> {
    match cell {
        Cell::Number(number) => Ok(Private::new(number.to_string())),
        cell => plain(cell).map_err(|_| no_date()),
    }
}

/// The parts of a date of `N` parts; `last` is the character after its last part in Chinese.
fn date_parts<const N: usize>(text: &str, last: &str) -> Option<[u16; N]> {
    let digits = |part: &str, lens: std::ops::RangeInclusive<usize>| {
        let plain = lens.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if plain { part.parse::<u16>().ok() } else { None }
    };
    let parts: Vec<&str> = if text.contains('年') {
        text.strip_suffix(last)?.split(['年', '月']).collect()
    } else if let Some(separator) = ['-', '/', '.'].into_iter().find(|c| text.contains(*c)) {
        text.split(separator).collect()
    } else if text.len() == 2 + 2 * N && text.is_ascii() {
        let starts = (0..N).map(|index| if index == 0 { 0 } else { 2 + 2 * index });
        starts.map(|start| &text[start..if start == 0 { 4 } else { start + 2 }]).collect()
    } else {
        return None;
    };
    let lens = |index| if index == 0 { 4..=4 } else { 1..=2 };
    let numbers: Option<Vec<u16>> =
        parts.iter().enumerate().map(|(index, part)| digits(part, lens(index))).collect();
    numbers?.try_into().ok()
}

/// `6.12422E+17`: what is left of an identity number that went through a number cell.
fn is_scientific(text: &str) -> bool {
    let Some((digits, power)) = text.trim().split_once(['e', 'E']) else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    number(whole) && number(fraction) && number(power.strip_prefix('+').unwrap_or(power))
}

fn integer(number: f64) -> Option<String> {
    let whole = number.fract() == 0.0 && (0.0..INTEGER_MAX).contains(&number);
    whole.then(|| format!("{number:.0}"))
}
