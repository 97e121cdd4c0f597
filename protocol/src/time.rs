//! Points in time, calendar days and months, and the arithmetic that rules need.
//!
//! There is no "now" here: the node passes time in. Deadlines are days in Asia/Shanghai, which has
//! been UTC+8 without daylight saving since 1992, so a fixed offset is exact for this software's
//! whole range.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Span, tz};

use crate::codec::{Encode, decode_checked};

const SHANGHAI_OFFSET_MS: i64 = 8 * 60 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, from 2000 to 2200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct Timestamp(u64);

impl Timestamp {
    /// 2000-01-01T00:00:00Z.
    pub const MIN: Timestamp = Timestamp(946_684_800_000);
    /// 2200-01-01T00:00:00Z.
    pub const MAX: Timestamp = Timestamp(7_258_118_400_000);

    /// The time that many milliseconds after the epoch, if it is inside the range.
    pub fn from_millis(millis: u64) -> Option<Timestamp> {
        (Self::MIN.0..=Self::MAX.0).contains(&millis).then_some(Timestamp(millis))
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> u64 {
        self.0
    }

    /// This time and `millis` more, held at the end of the range.
    pub fn after_millis(self, millis: u64) -> Timestamp {
        Timestamp(self.0.saturating_add(millis).min(Self::MAX.0))
    }

    /// Milliseconds from `earlier` to this time; 0 if `earlier` is later.
    pub fn millis_since(self, earlier: Timestamp) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar day in Asia/Shanghai.
    pub fn day(self) -> Day {
        let days = (self.0 as i64 + SHANGHAI_OFFSET_MS).div_euclid(DAY_MS);
        Day(i32::try_from(days).expect("a timestamp up to 2200 fits"))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = jiff::Timestamp::from_millisecond(self.0 as i64).map_err(|_| fmt::Error)?;
        write!(f, "{stamp:.3}")
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let stamp: jiff::Timestamp = text.parse().map_err(|_| NotATime)?;
        u64::try_from(stamp.as_millisecond()).ok().and_then(Self::from_millis).ok_or(NotATime)
    }
}

decode_checked!(Timestamp, u64, Timestamp::from_millis);

/// A calendar day in Asia/Shanghai, from 1900 to 2200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct Day(i32);

impl Day {
    const MIN: i32 = -25_567;
    const MAX: i32 = 84_006;

    /// The day with this number, counted from 1970-01-01, if it is inside the range.
    pub fn from_number(number: i32) -> Option<Day> {
        (Self::MIN..=Self::MAX).contains(&number).then_some(Day(number))
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }

    /// The day of that civil date, if the date exists and is inside the range.
    pub fn from_civil(year: i16, month: i8, day: i8) -> Option<Day> {
        Date::new(year, month, day).ok().and_then(Self::from_date)
    }

    fn from_date(date: Date) -> Option<Day> {
        let epoch = Date::constant(1970, 1, 1);
        let span = epoch.until((jiff::Unit::Day, date)).ok()?;
        Day::from_number(span.get_days())
    }

    fn date(self) -> Date {
        Date::constant(1970, 1, 1)
            .checked_add(Span::new().days(self.0))
            .expect("a day inside the range is a date")
    }

    /// This day and `days` more (or fewer), held inside the range.
    pub fn plus_days(self, days: i32) -> Day {
        Day(self.0.saturating_add(days).clamp(Self::MIN, Self::MAX))
    }

    /// The same day `months` later; the last day of the month where that day does not exist.
    pub fn plus_months(self, months: i32) -> Day {
        self.date()
            .checked_add(Span::new().months(months))
            .ok()
            .and_then(Self::from_date)
            .unwrap_or(Day(Self::MAX))
    }

    /// Days from `earlier` to this day; negative if `earlier` is later.
    pub fn days_since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// The calendar month of this day.
    pub fn month(self) -> Month {
        let date = self.date();
        Month(date.year() as u16 * 12 + (date.month() as u16 - 1))
    }

    /// The year of this day.
    pub fn year(self) -> u16 {
        self.date().year() as u16
    }

    /// The first moment after this day: 24:00 in Asia/Shanghai.
    pub fn end(self) -> Timestamp {
        let millis = (i64::from(self.0) + 1) * DAY_MS - SHANGHAI_OFFSET_MS;
        Timestamp((millis.max(0) as u64).clamp(Timestamp::MIN.0, Timestamp::MAX.0))
    }
}

impl fmt::Display for Day {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl FromStr for Day {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let date: Date =
            if shape { text.parse().map_err(|_| NotATime)? } else { return Err(NotATime) };
        Self::from_date(date).ok_or(NotATime)
    }
}

decode_checked!(Day, i32, Day::from_number);

/// A calendar month, from 1900 to 2200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct Month(u16);

impl Month {
    const MIN: u16 = 1900 * 12;
    const MAX: u16 = 2200 * 12;

    /// The month `month` (1 to 12) of `year`.
    pub fn new(year: u16, month: u8) -> Option<Month> {
        let valid = (1900..2200).contains(&year) && (1..=12).contains(&month);
        valid.then(|| Month(year * 12 + u16::from(month) - 1))
    }

    /// The month with this number (year × 12 + month − 1), if it is inside the range.
    pub fn from_number(number: u16) -> Option<Month> {
        (Self::MIN..Self::MAX).contains(&number).then_some(Month(number))
    }

    /// Year × 12 + month − 1.
    pub fn number(self) -> u16 {
        self.0
    }

    /// The last day of the month.
    pub fn last_day(self) -> Day {
        let (year, month) = ((self.0 / 12) as i16, (self.0 % 12 + 1) as i8);
        Day::from_civil(year, month, 1)
            .map_or(Day(Day::MAX), |first| first.plus_months(1))
            .plus_days(-1)
    }
}

impl fmt::Display for Month {
    /// `YYYY-MM`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

impl FromStr for Month {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let (year, month) = text.split_once('-').ok_or(NotATime)?;
        let digits =
            |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(NotATime);
        }
        let (year, month) =
            (year.parse().map_err(|_| NotATime)?, month.parse().map_err(|_| NotATime)?);
        Month::new(year, month).ok_or(NotATime)
    }
}

decode_checked!(Month, u16, Month::from_number);

/// A quarter of a calendar year, from 1900 to 2200: the period that reports are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct Quarter(u16);

impl Quarter {
    const MIN: u16 = 1900 * 4;
    const MAX: u16 = 2200 * 4;

    /// The quarter with this number (year × 4 + quarter − 1), if it is inside the range.
    pub fn from_number(number: u16) -> Option<Quarter> {
        (Self::MIN..Self::MAX).contains(&number).then_some(Quarter(number))
    }

    /// Year × 4 + quarter − 1.
    pub fn number(self) -> u16 {
        self.0
    }

    /// The quarter in which that day lies.
    pub fn of(day: Day) -> Quarter {
        Quarter(day.month().0 / 3)
    }

    /// The first day of the quarter.
    pub fn first_day(self) -> Day {
        Day::from_civil((self.0 / 4) as i16, (self.0 % 4 * 3 + 1) as i8, 1).unwrap_or(Day(Day::MIN))
    }

    /// The last day of the quarter.
    pub fn last_day(self) -> Day {
        let first = self.0 + 1;
        Day::from_civil((first / 4) as i16, (first % 4 * 3 + 1) as i8, 1)
            .map_or(Day(Day::MAX), |next| next.plus_days(-1))
    }
}

impl fmt::Display for Quarter {
    /// `YYYY-Qn`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.0 / 4, self.0 % 4 + 1)
    }
}

impl FromStr for Quarter {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let (year, quarter) = text.split_once("-Q").ok_or(NotATime)?;
        let quarter = match quarter {
            "1" => 0,
            "2" => 1,
            "3" => 2,
            "4" => 3,
            _ => return Err(NotATime),
        };
        let shape = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let year: u16 = if shape { year.parse().map_err(|_| NotATime)? } else { 0 };
        Quarter::from_number(year * 4 + quarter).ok_or(NotATime)
    }
}

decode_checked!(Quarter, u16, Quarter::from_number);

/// The text is not a time of the expected form, or lies outside the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

/// Renders `time` as local date and time in Asia/Shanghai for people, `YYYY-MM-DD HH:MM`.
pub fn local_minute(time: Timestamp) -> String {
    let zone = tz::Offset::constant(8).to_time_zone();
    match jiff::Timestamp::from_millisecond(time.0 as i64) {
        Ok(stamp) => stamp.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_shanghai() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(day.end().to_string(), "2026-11-22T16:00:00.000Z");
        assert_eq!(day.end().day(), day.plus_days(1));
        assert_eq!(Timestamp::from_millis(day.end().millis() - 1).unwrap().day(), day);
    }

    #[test]
    fn months_end_on_the_last_day_that_exists() {
        let day: Day = "2027-08-31".parse().unwrap();
        assert_eq!(day.plus_months(6).to_string(), "2028-02-29");
        assert_eq!(day.plus_months(18).to_string(), "2029-02-28");
        assert_eq!(day.plus_months(-6).to_string(), "2027-02-28");
    }

    #[test]
    fn a_quarter_is_three_months() {
        let quarter: Quarter = "2028-Q1".parse().unwrap();
        assert_eq!((quarter.to_string(), quarter.number()), ("2028-Q1".to_owned(), 2028 * 4));
        assert_eq!(quarter.last_day().to_string(), "2028-03-31");
        assert_eq!(Quarter::of(quarter.last_day()), quarter);
        let last: Quarter = "2027-Q4".parse().unwrap();
        assert_eq!(last.last_day().plus_days(1), "2028-01-01".parse().unwrap());
        assert_eq!(Quarter::of("2028-01-01".parse().unwrap()), quarter);
        assert_eq!("2199-Q4".parse::<Quarter>().unwrap().last_day(), "2199-12-31".parse().unwrap());
    }

    #[test]
    fn texts_of_another_form_are_refused() {
        for text in ["2026-Q0", "2026-Q5", "2026Q1", "26-Q1", "1899-Q4", "2200-Q1", "2026-q1"] {
            assert_eq!(text.parse::<Quarter>(), Err(NotATime), "{text}");
        }
        for text in ["2026-2-3", "2026-02-30", "20260203", "1899-12-31", "2026-02-03T00:00"] {
            assert_eq!(text.parse::<Day>(), Err(NotATime), "{text}");
        }
        for text in ["2026-13", "2026-00", "2026.03", "+026-03", "2026-3"] {
            assert_eq!(text.parse::<Month>(), Err(NotATime), "{text}");
        }
        assert!("9999-01-01T00:00:00Z".parse::<Timestamp>().is_err());
        assert!("1969-01-01T00:00:00Z".parse::<Timestamp>().is_err());
    }
}
